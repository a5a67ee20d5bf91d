# Copyright (c) mmhoi contributors.
import json

import pytest

TINY = dict(
    embed_dim=16,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, patch_size=16, width=24, layers=2, head_width=12),
    text_cfg=dict(
        context_length=16, vocab_size=49408, width=16, heads=2, layers=1))


@pytest.fixture(autouse=True)
def own_caches(tmp_path, monkeypatch):
    """Keep text embeddings from test to test apart."""
    monkeypatch.setenv('MMHOI_CACHE', str(tmp_path / 'cache'))
    return tmp_path / 'cache'


@pytest.fixture
def tiny_clip(tmp_path):
    """Path of the config of a CLIP with 5 tokens of width 24."""
    path = tmp_path / 'tiny_clip.json'
    path.write_text(json.dumps(TINY))
    return str(path)


@pytest.fixture
def tiny_weights(tiny_clip, tmp_path):
    """Weights for it, other than the random ones of the loader."""
    import torch

    from mmhoi.models.vision_language import load_open_clip
    state = load_open_clip(tiny_clip, 'random').model.state_dict()
    generator = torch.Generator().manual_seed(5)
    path = tmp_path / 'tiny_clip.pt'
    torch.save(
        {
            k: v + 0.01 * torch.randn(v.shape, generator=generator)
            for k, v in state.items()
        }, path)
    return str(path)
