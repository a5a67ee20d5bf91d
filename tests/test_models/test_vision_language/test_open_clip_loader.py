# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import open_clip
import pytest
import torch
from safetensors.torch import save_file

from mmhoi.checkpoints.without_weights import without_weights
from mmhoi.models.vision_language import (load_open_clip, open_clip_loader,
                                          shared_open_clip, weights_identity)
from mmhoi.models.vision_language.open_clip_loader import clip_embed_dims

VIT = 'ViT-B-32-quickgelu'


def _state(model_name, pretrained):
    return load_open_clip(model_name, pretrained).model.state_dict()


def test_random_weights_are_the_same_everywhere(tiny_clip):
    torch.manual_seed(1)
    first = _state(tiny_clip, 'random')
    torch.manual_seed(2)
    expected = torch.rand(1)
    torch.manual_seed(2)
    second = _state(tiny_clip, 'random')
    assert all(torch.equal(first[k], second[k]) for k in first)
    assert torch.equal(torch.rand(1), expected)


def test_one_load_where_models_are_shared(tiny_clip):
    with shared_open_clip():
        first = load_open_clip(tiny_clip, 'random')
        with shared_open_clip():
            assert load_open_clip(tiny_clip, 'random') is first
        assert load_open_clip(tiny_clip, 'random') is first
    assert load_open_clip(tiny_clip, 'random') is not first


def test_empty_model_has_the_shapes_of_a_loaded_one(tiny_clip):
    with without_weights():
        empty = load_open_clip(tiny_clip)
    loaded = load_open_clip(tiny_clip, 'random')
    assert empty.image_size == loaded.image_size and empty.mean == loaded.mean
    shapes = [{
        name: value.shape
        for name, value in clip.model.visual.state_dict().items()
    } for clip in (empty, loaded)]
    assert shapes[0] == shapes[1]


def test_image_statistics_and_tokenizer(tiny_clip):
    clip = load_open_clip(tiny_clip, 'random')
    assert clip.image_size == 32
    assert clip.mean == open_clip.OPENAI_DATASET_MEAN
    assert clip.std == open_clip.OPENAI_DATASET_STD
    assert clip.tokenizer(['a', 'b']).shape == (2, 16)
    assert not clip.model.training


class _Wrapper(torch.nn.Module):
    """A TorchScript archive as OpenAI's: with notes beside the weights."""

    def __init__(self, state):
        super().__init__()
        for name, value in state.items():
            *parents, leaf = name.split('.')
            module = self
            for parent in parents:
                if not hasattr(module, parent):
                    module.add_module(parent, torch.nn.Module())
                module = getattr(module, parent)
            module.register_buffer(leaf, value)
        self.register_buffer('vocab_size', torch.tensor(49408))

    def forward(self, x):
        return x


def test_configs_of_the_same_name(tiny_clip, tmp_path):
    """A model is what its file says, not how the file is called."""
    other = tmp_path / 'other' / Path(tiny_clip).name
    other.parent.mkdir()
    config = json.loads(Path(tiny_clip).read_text())
    other.write_text(json.dumps(dict(config, embed_dim=8)))
    assert [clip_embed_dims(str(x))
            for x in (tiny_clip, other, tiny_clip)] == [16, 8, 16]
    # Nor does it replace one of open_clip's.
    other.rename(other.with_name(f'{VIT}.json'))
    assert clip_embed_dims(str(other.with_name(f'{VIT}.json'))) == 8
    assert clip_embed_dims(VIT) == 512


@pytest.mark.parametrize('kind', ['pt', 'safetensors', 'float16', 'script'])
def test_weight_files(kind, tiny_clip, tiny_weights, tmp_path):
    expected = torch.load(tiny_weights)
    path = tmp_path / f'{kind}.safetensors'
    if kind == 'pt':
        path = tiny_weights
    elif kind == 'script':
        path = tmp_path / 'script.pt'
        torch.jit.script(_Wrapper(expected)).save(path)
    else:
        dtype = torch.float16 if kind == 'float16' else torch.float32
        save_file({k: v.to(dtype) for k, v in expected.items()}, path)
    state = _state(tiny_clip, str(path))
    tolerance = 1e-3 if kind == 'float16' else 0
    for key, value in expected.items():
        assert state[key].dtype == torch.float32
        assert (state[key] - value).abs().max() <= tolerance * 10


@pytest.mark.parametrize('model_name, pretrained, error, words', [
    (VIT, None, ValueError, ['`pretrained`', 'random', 'openai']),
    (VIT, 'no/such.pt', FileNotFoundError, ['no/such.pt', 'openai', 'random']),
    ('ViT-B32', 'random', ValueError, ['ViT-B32', 'ViT-B-32', 'mmhoi-mini']),
    ('no.json', 'random', FileNotFoundError, ['no.json', 'model_name']),
])
def test_what_cannot_be_loaded(model_name, pretrained, error, words):
    with pytest.raises(error) as info:
        load_open_clip(model_name, pretrained)
    assert all(word in str(info.value) for word in words)


def test_failed_download_says_what_to_do(monkeypatch):

    def refuse(*args, **kwargs):
        raise OSError('no route to host')

    monkeypatch.setattr(open_clip, 'create_model', refuse)
    with pytest.raises(RuntimeError) as info:
        load_open_clip(VIT, 'openai')
    for words in ('"openai"', VIT, 'no route to host',
                  "pretrained='checkpoints/ViT-B-32.pt'",
                  "pretrained='random'", 'mmhoi-mini'):
        assert words in str(info.value)


@pytest.mark.parametrize('damage, words', [
    ('missing', ['weights missing in the checkpoint: ', 'and 1 more']),
    ('shape', ['visual.proj (24, 8) instead of (24, 16)']),
    ('garbage', ['cannot be read']),
    (5, ['a weight is called 5']),
    (None, ['a weight is called a NoneType']),
])
def test_unfit_weight_file(damage, words, tiny_clip, tiny_weights):
    state = torch.load(tiny_weights)
    if damage == 'missing':
        for key in ('visual.proj', 'visual.ln_post.bias', 'text_projection',
                    'visual.conv1.weight', 'ln_final.bias', 'ln_final.weight'):
            del state[key]
    elif not isinstance(damage, str):
        state[damage] = state.pop('visual.proj')
    else:
        state['visual.proj'] = state['visual.proj'][:, :8]
    torch.save(state, tiny_weights)
    if damage == 'garbage':
        with open(tiny_weights, 'wb') as file:
            file.write(b'no weights')
    with pytest.raises(ValueError) as info:
        load_open_clip(tiny_clip, tiny_weights)
    for word in [*words, tiny_weights]:
        assert word in str(info.value)


def test_towers_without_class_token_are_refused(tiny_clip):
    model = load_open_clip(tiny_clip, 'random').model
    model.visual.pool_type = 'avg'
    with pytest.raises(ValueError, match='class token'):
        open_clip_loader.check_visual_tower(model, 'x')


def test_identity_follows_config_and_weights(tiny_clip, tiny_weights):
    first = weights_identity(tiny_clip, tiny_weights)
    assert first == weights_identity(tiny_clip, tiny_weights)
    assert weights_identity(tiny_clip, 'random') == ''
    assert weights_identity(VIT, 'openai') == f'{VIT} openai'
    with open(tiny_clip, 'a') as file:
        file.write('\n')
    second = weights_identity(tiny_clip, tiny_weights)
    with open(tiny_weights, 'ab') as file:
        file.write(b'\n')
    third = weights_identity(tiny_clip, tiny_weights)
    assert len({first, second, third}) == 3


def test_mini_clip_comes_with_the_package():
    clip = load_open_clip('mmhoi-mini')
    assert clip.image_size == 96
    assert clip.tokenizer.vocab_size == clip.model.vocab_size == 995
    prompts = ['a photo of a person squeezing an orange']
    tokens = clip.tokenizer(prompts)[0].tolist()
    # The text ends inside the context, nothing of it is cut off.
    assert clip.tokenizer.eot_token_id in tokens[:-1]
