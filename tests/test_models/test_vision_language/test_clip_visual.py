# Copyright (c) mmhoi contributors.
import pytest
import torch
import torch.nn.functional as F

from mmhoi.models.vision_language import load_open_clip
from mmhoi.registry import MODELS


def _reference(visual, images):
    """Run a CLIP vision transformer step by step."""
    x = F.conv2d(images, visual.conv1.weight, stride=visual.patch_size)
    x = x.flatten(2).transpose(1, 2)
    cls = visual.class_embedding.expand(len(x), 1, -1)
    x = torch.cat([cls, x], 1) + visual.positional_embedding
    x = visual.ln_pre(x)
    for block in visual.transformer.resblocks:
        y = block.ln_1(x)
        x = x + block.attn(y, y, y, need_weights=False)[0]
        y = block.mlp.c_fc(block.ln_2(x))
        x = x + block.mlp.c_proj(y * torch.sigmoid(1.702 * y))
    x = visual.ln_post(x)
    return x, x[:, 0] @ visual.proj


@pytest.fixture
def tower(tiny_clip):
    return MODELS.build(
        dict(type='CLIPVisual', model_name=tiny_clip, pretrained='random'))


def test_tokens_and_pooled_feature(tower, tiny_clip):
    images = torch.randn(3, 3, 32, 32)
    tokens, pooled = tower(images)
    assert tokens.shape == (3, 5, 24) and pooled.shape == (3, 16)
    assert (tower.embed_dims, tower.out_dims) == (24, 16)
    expected = _reference(tower.visual, images)
    torch.testing.assert_close(tokens, expected[0])
    torch.testing.assert_close(pooled, expected[1])
    model = load_open_clip(tiny_clip, 'random').model
    torch.testing.assert_close(pooled, model.encode_image(images))
    assert tower.proj is tower.visual.proj


def test_frozen(tower):
    tower.train()
    assert not any(module.training for module in tower.modules())
    assert not any(p.requires_grad for p in tower.parameters())
    images = torch.randn(1, 3, 32, 32, requires_grad=True)
    assert not any(out.requires_grad for out in tower(images))


def test_loading_a_checkpoint_leaves_other_towers_alone(tower, tiny_clip):
    before = load_open_clip(tiny_clip, 'random').model.visual.proj.clone()
    state = {k: v + 1 for k, v in tower.state_dict().items()}
    assert all(key.startswith('visual.') for key in state)
    tower.load_state_dict(state)
    after = load_open_clip(tiny_clip, 'random').model.visual.proj
    assert torch.equal(before, after)
    torch.testing.assert_close(tower.proj, before + 1)
