# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import pytest
import torch

from mmhoi.models.vision_language import CLIPVisual
from mmhoi.registry import MODELS


def _build(tiny_clip, **kwargs):
    return MODELS.build(
        dict(
            type='CachedCLIPVisual',
            model_name=tiny_clip,
            pretrained='random',
            **kwargs))


@pytest.fixture
def images():
    return torch.randn(
        3, 3, 32, 32, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def tower_runs(monkeypatch):
    """Numbers of images that went through the tower."""
    runs = []
    forward = CLIPVisual.forward

    def count(self, clip_img):
        runs.append(len(clip_img))
        return forward(self, clip_img)

    monkeypatch.setattr(CLIPVisual, 'forward', count)
    return runs


def _equal(a, b):
    return all(torch.equal(x, y) for x, y in zip(a, b))


def test_another_process_computes_nothing(tiny_clip, images, tower_runs,
                                          own_caches):
    plain = CLIPVisual(tiny_clip, 'random')(images)
    tower_runs.clear()
    first = _build(tiny_clip)
    assert _equal(first(images), plain)
    second = _build(tiny_clip)  # as another process would
    assert _equal(second(images), plain)
    # In other batches, too.
    assert _equal(second(images[1:2]), [value[1:2] for value in plain])
    assert _equal(second(images.flip(0)), [value.flip(0) for value in plain])
    assert tower_runs == [3]
    assert (first.hits, first.misses) == (0, 3)
    assert (second.hits, second.misses) == (7, 0)
    assert sum(1 for _ in own_caches.rglob('*.safetensors')) == 3


def test_only_what_is_missing_is_computed(tiny_clip, images, tower_runs):
    tower = _build(tiny_clip)
    known = tower(images[1:2])
    tokens, feature = tower(images)
    assert tower_runs == [1, 2]
    assert _equal((tokens[1:2], feature[1:2]), known)
    torch.testing.assert_close((tokens, feature),
                               CLIPVisual(tiny_clip, 'random')(images))


def _next_value(tower, images):
    images[0, 0, 0, 0] = torch.nextafter(images[0, 0, 0, 0], torch.tensor(10.))


def _load(tower, images):
    tower.load_state_dict({k: v + 1 for k, v in tower.state_dict().items()})


def _edit(tower, images):
    with torch.no_grad():
        tower.visual.proj[0, 0] += 1


def _cast(tower, images):
    tower.double()


@pytest.mark.parametrize('change', [_next_value, _load, _edit, _cast])
def test_a_change_is_a_miss(tiny_clip, images, change):
    images = images[:1]
    tower = _build(tiny_clip)
    tower(images)
    change(tower, images)
    images = images.to(tower.proj.dtype)
    expected = CLIPVisual.forward(tower, images)
    assert _equal(tower(images), expected)
    assert (tower.hits, tower.misses) == (0, 2)
    assert _equal(tower(images), expected)
    assert (tower.hits, tower.misses) == (1, 2)


def test_autocast_has_entries_of_its_own(tiny_clip, images):
    tower = _build(tiny_clip)
    exact = tower(images)
    with torch.autocast('cpu', torch.bfloat16):
        low = tower(images)
        again = tower(images)
    assert (tower.hits, tower.misses) == (3, 6)
    assert _equal(low, again) and low[1].dtype == again[1].dtype
    assert _equal(tower(images), exact)


def test_weights_alone_are_not_a_tower(tiny_clip, images):
    """Another activation has the same weights and other features."""
    path = Path(tiny_clip)
    _build(tiny_clip)(images)
    config = json.loads(path.read_text())
    path.write_text(json.dumps(dict(config, quick_gelu=False)))
    other = _build(tiny_clip)
    for found, wanted in zip(
            other(images),
            CLIPVisual(tiny_clip, 'random')(images)):
        torch.testing.assert_close(found, wanted)
    assert other.hits == 0


def test_it_is_the_same_module_for_checkpoints(tiny_clip, tmp_path):
    tower = _build(tiny_clip, cache_dir=str(tmp_path / 'own'))
    CLIPVisual(tiny_clip, 'random').load_state_dict(tower.state_dict())
    tower.train()
    assert not tower.visual.training
    tower(torch.zeros(1, 3, 32, 32))
    assert list((tmp_path / 'own').rglob('*.safetensors'))


def test_tracing_does_not_freeze_an_entry(tiny_clip, images, own_caches):
    tower = _build(tiny_clip)
    # The check of the trace would run the module itself.
    traced = torch.jit.trace(tower, images[:2], check_trace=False)
    assert not list(own_caches.rglob('*.safetensors'))
    torch.testing.assert_close(traced(images[1:]), tower(images[1:]))


@pytest.mark.parametrize('max_cache_gb', [0, -1, float('nan')])
def test_limit_must_be_positive(tiny_clip, max_cache_gb):
    with pytest.raises(ValueError, match='max_cache_gb'):
        _build(tiny_clip, max_cache_gb=max_cache_gb)
