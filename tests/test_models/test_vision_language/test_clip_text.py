# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from mmhoi.models.vision_language import (clip_text, encode_texts,
                                          load_open_clip)

TEXTS = ['a photo of a dog', 'a photo of a person riding a horse', 'x']


@pytest.fixture
def no_loading(monkeypatch):
    """Function after whose call no model can be loaded."""

    def refuse(*args, **kwargs):
        raise AssertionError('the model was loaded')

    return lambda: monkeypatch.setattr(clip_text, 'load_open_clip', refuse)


def test_texts_with_line_breaks_are_kept_apart(tiny_clip, tiny_weights):
    one, other = (
        encode_texts(tiny_clip, tiny_weights, texts)
        for texts in (['a\nb', 'c'], ['a', 'b\nc']))
    assert not torch.allclose(one, other)


def test_embeddings(tiny_clip, tiny_weights):
    embeddings = encode_texts(tiny_clip, tiny_weights, TEXTS, batch_size=2)
    clip = load_open_clip(tiny_clip, tiny_weights)
    with torch.no_grad():
        expected = F.normalize(
            clip.model.encode_text(clip.tokenizer(TEXTS)), dim=-1)
    torch.testing.assert_close(embeddings, expected)
    assert not embeddings.requires_grad


def test_second_call_loads_no_model(tiny_clip, tiny_weights, own_caches,
                                    no_loading):
    first = encode_texts(tiny_clip, tiny_weights, TEXTS)
    no_loading()
    second = encode_texts(tiny_clip, tiny_weights, TEXTS)
    assert torch.equal(first, second)
    assert len(list(own_caches.iterdir())) == 1
    with pytest.raises(AssertionError, match='loaded'):
        encode_texts(tiny_clip, tiny_weights, TEXTS[:2])


def test_other_weights_are_not_taken_from_the_cache(tiny_clip, tiny_weights,
                                                    no_loading):
    encode_texts(tiny_clip, tiny_weights, TEXTS)
    state = torch.load(tiny_weights)
    state['text_projection'] += 1
    torch.save(state, tiny_weights)
    no_loading()
    with pytest.raises(AssertionError, match='loaded'):
        encode_texts(tiny_clip, tiny_weights, TEXTS)


def test_random_weights_are_not_cached(tiny_clip, own_caches):
    encode_texts(tiny_clip, 'random', TEXTS)
    assert not own_caches.exists()


@pytest.mark.parametrize(
    'damage',
    [
        lambda path: path.write_bytes(b''),
        lambda path: torch.save(torch.full((3, 16), float('nan')), path),
        lambda path: torch.save(torch.ones(3, 16, device='meta'), path),
        lambda path: torch.save(torch.ones(3, 16).int(), path),
        lambda path: path.write_bytes(path.read_bytes()[:300]),
        lambda path: path.write_bytes(b'no tensor'),
        # A pickle that takes from an empty stack.
        lambda path: path.write_bytes(b'\x80\x02b.'),
        lambda path: torch.save(torch.zeros(7, 16), path),
        lambda path: torch.save(dict(a=1), path),
    ],
    ids=[
        'empty', 'nan', 'meta', 'int', 'cut', 'garbage', 'pickle', 'shape',
        'type'
    ])
def test_corrupt_cache_is_computed_again(damage, tiny_clip, tiny_weights,
                                         own_caches, no_loading):
    first = encode_texts(tiny_clip, tiny_weights, TEXTS)
    path, = own_caches.iterdir()
    damage(path)
    assert torch.equal(first, encode_texts(tiny_clip, tiny_weights, TEXTS))
    no_loading()
    assert torch.equal(first, encode_texts(tiny_clip, tiny_weights, TEXTS))


def test_folder_of_the_caller(tiny_clip, tiny_weights, tmp_path, own_caches):
    encode_texts(tiny_clip, tiny_weights, TEXTS, cache_dir=tmp_path / 'mine')
    assert len(list((tmp_path / 'mine').glob('text_*.pt'))) == 1
    assert not own_caches.exists()


def test_unwritable_cache_costs_only_time(tiny_clip, tiny_weights, tmp_path):
    file = tmp_path / 'file'
    file.write_text('')
    out = encode_texts(tiny_clip, tiny_weights, TEXTS, cache_dir=file)
    assert out.shape == (3, 16)


def test_default_folder(monkeypatch):
    monkeypatch.delenv('MMHOI_CACHE')
    assert clip_text.default_cache_dir() == Path.home() / '.cache' / 'mmhoi'


def test_no_texts(tiny_clip):
    with pytest.raises(ValueError, match='`texts`'):
        encode_texts(tiny_clip, 'random', [])
