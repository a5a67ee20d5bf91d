# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.vision_language import CLIPVisual, verb_extraction
from mmhoi.models.vision_language.verb_embeddings import RegionSums
from mmhoi.models.vision_language.verb_extraction import sum_region_features

IDENTITY = dict(clip='tiny', split='None')


class Regions(list):
    """Regions of images with 0 to 3 pairs, of HOI 0 to 3."""

    def __init__(self, num_images):
        generator = torch.Generator().manual_seed(0)
        for i in range(num_images):
            num = i % 4
            # The last pair has two HOIs.
            hois = torch.arange(num + 1 if num else 0) % 4
            self.append(
                dict(
                    regions=torch.randint(
                        0,
                        256, (3 * num, 3, 32, 32),
                        dtype=torch.uint8,
                        generator=generator),
                    pairs=torch.arange(len(hois)).clamp(max=max(0, num - 1)),
                    hois=hois,
                    objects=hois % 2,
                    unread=[f'{i}.jpg'] if i == 4 else []))


@pytest.fixture(autouse=True)
def save_every_batch(monkeypatch):
    monkeypatch.setattr(verb_extraction, 'SAVE_EVERY', 1)


@pytest.fixture
def tower(tiny_clip):
    return CLIPVisual(tiny_clip, 'random')


def extract(tower, path, num_images=11, identity=IDENTITY, **kwargs):
    return sum_region_features(
        Regions(num_images), tower, RegionSums.zeros(4, 2, 16), path, identity,
        **{
            'batch_size': 3,
            **kwargs
        })


def test_sums(tower, tmp_path):
    sums = extract(tower, tmp_path / 'state.pth')
    expected = RegionSums.zeros(4, 2, 16)
    mean, std = (
        torch.tensor(x).view(3, 1, 1) for x in (tower.mean, tower.std))
    for image in Regions(11):
        if len(image['hois']) == 0:
            continue
        views = image['regions'].flip(1).float() / 255
        feats = tower((views - mean) / std)[1]
        num = len(views) // 3
        rows = image['pairs']
        expected.add_image(image['hois'], image['objects'], feats[:num][rows],
                           feats[num:2 * num][rows], feats[2 * num:][rows])
    for name, value in expected.state_dict().items():
        torch.testing.assert_close(
            sums.state_dict()[name], value, rtol=0, atol=1e-4)
    assert sums.counts.sum() == 3 * 2 + 3 * 3 + 2 * 4
    assert not list(tmp_path.glob('state.*'))


def test_interrupted_work_goes_on(tower, tmp_path, monkeypatch):
    path = tmp_path / 'state.pth'
    told = []
    monkeypatch.setattr(verb_extraction, 'tell_unread',
                        lambda paths, total: told.append((paths, total)))
    whole = extract(tower, path)
    add_batch = verb_extraction._add_batch
    done = []

    def interrupted(*args):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(add_batch(*args))

    with monkeypatch.context() as patch:
        patch.setattr(verb_extraction, '_add_batch', interrupted)
        with pytest.raises(KeyboardInterrupt):
            extract(tower, path)
    monkeypatch.setattr(verb_extraction, '_add_batch',
                        lambda *args: done.append(add_batch(*args)))
    parts = extract(tower, path)
    # Two batches before, the other two of four after the interruption.
    assert len(done) == 4
    # Also those of the first part.
    assert told == [(['4.jpg'], 11)] * 2
    for name, value in whole.state_dict().items():
        assert torch.equal(parts.state_dict()[name], value)


@pytest.mark.parametrize('change, words', [
    (dict(identity=dict(IDENTITY, split='uv')), 'for split "None", not "uv"'),
    (dict(num_images=12), 'for num_images "11", not "12"'),
    (dict(batch_size=4), 'for batch_size "3", not "4"'),
])
def test_other_unfinished_work(tower, tmp_path, change, words, monkeypatch):
    path = tmp_path / 'state.pth'
    monkeypatch.setattr(verb_extraction.Path, 'unlink',
                        lambda *args, **kwargs: None)
    extract(tower, path)
    with pytest.raises(ValueError, match=f'{words}; delete .*state.pth'):
        extract(tower, path, **change)


@pytest.mark.parametrize('change', [
    dict(sums={}),
    dict(sums=dict(hois=3)),
    dict(num_batches=-1),
])
def test_wrong_entries_of_unfinished_work(tower, tmp_path, monkeypatch,
                                          change):
    path = tmp_path / 'state.pth'
    monkeypatch.setattr(verb_extraction.Path, 'unlink',
                        lambda *args, **kwargs: None)
    extract(tower, path)
    torch.save(dict(torch.load(path), **change), path)
    with pytest.raises(ValueError, match='does not fit; delete .*state.pth'):
        extract(tower, path)


def test_damaged_unfinished_work(tower, tmp_path):
    path = tmp_path / 'state.pth'
    path.write_bytes(b'PK')
    with pytest.raises(ValueError, match='state.pth is no unfinished'):
        extract(tower, path)


@pytest.mark.parametrize('change', [
    dict(num_batches=None),
    dict(unread=None),
    dict(unread=[3]),
])
def test_entries_of_other_types(tower, tmp_path, monkeypatch, change):
    path = tmp_path / 'state.pth'
    monkeypatch.setattr(verb_extraction.Path, 'unlink',
                        lambda *args, **kwargs: None)
    extract(tower, path)
    torch.save(dict(torch.load(path), **change), path)
    with pytest.raises(ValueError, match='state.pth is no unfinished'):
        extract(tower, path)
