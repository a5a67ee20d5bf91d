# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from mini_clip.samples import MiniCLIPSamples, crop_view, union_box

from mmhoi.synthetic import Scene


@pytest.fixture(scope='module')
def samples():
    return MiniCLIPSamples(size=32)


@pytest.mark.parametrize(
    'box, squareness, columns',
    [
        ((0, 0, 60, 40), 0.0, (10, 50)),  # centre of a wide box
        ((0, 0, 40, 40), 1.0, (0, 40)),
        ((20, 10, 40, 30), 0.0, (20, 40)),
        ((20, 0, 40, 40), 0.0, (20, 40)),  # centre of a tall box
        ((20, 0, 40, 40), 1.0, (10, 50)),
        ((-30, -5, 20, 50), 0.0, (0, 20)),  # clipped to the image
    ])
def test_crop_view(box, squareness, columns):
    # Grey levels count the columns of the image.
    image = np.broadcast_to(
        np.arange(60, dtype=np.uint8)[None, :, None], (40, 60, 3)).copy()
    side = columns[1] - columns[0]
    view = crop_view(image, box, side, squareness)
    assert view.shape == (side, side, 3)
    assert view[0, :, 0].tolist() == list(range(*columns))


def test_union_box():
    boxes = np.array([[5, 6, 7, 8], [1, 9, 3, 11], [0, 0, 50, 50]])
    scene = Scene(
        np.zeros((60, 60, 3), np.uint8), boxes, np.array([0, 1, 2]),
        [(0, 1, (3, ))])
    assert union_box(scene, 0).tolist() == [1, 6, 8, 12]


def test_batch(samples):
    views = samples.batch(step=3, batch_size=40)
    captions = [view.caption for view in views]
    assert 30 <= len(views) <= 40
    assert len(set(captions)) == len(captions)
    assert all(view.caption in view.truths for view in views)
    assert all(view.image.shape == (32, 32, 3) for view in views)
    assert all(view.image.dtype == np.uint8 for view in views)
    hois, objects = set(samples.hoi_prompts), set(samples.object_prompts)
    assert set(captions) <= hois | objects
    assert len(objects & set(captions)) == 5


def test_batch_depends_on_step_and_seed_only(samples):

    def images(samples, step):
        return np.stack([v.image for v in samples.batch(step, 12)[:8]])

    first = images(samples, 0)
    images(samples, 1)
    assert np.array_equal(first, images(samples, 0))
    assert not np.array_equal(first, images(samples, 1))
    assert not np.array_equal(first, images(MiniCLIPSamples(32, seed=1), 0))


@pytest.mark.parametrize('whole', [False, True])
def test_held_out(whole, samples):
    views = samples.held_out(1, whole)
    assert [view.caption for view in views
            ] == [samples.hoi_prompts[hoi] for hoi in samples.hoi_ids]
    assert all(view.caption in view.truths for view in views)
    again = samples.held_out(1, whole)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(views, again))
