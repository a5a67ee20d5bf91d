# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from PIL import Image

from mmhoi.datasets.transforms.pillow_resize import pillow_resize

FILTERS = dict(bilinear=Image.BILINEAR, bicubic=Image.BICUBIC)


def pillow_rows_first(img, size, mode):
    """What every Pillow before 13 does; 13 begins with columns at times."""
    height, width = size
    rows = Image.fromarray(img).resize((width, len(img)), FILTERS[mode])
    return np.asarray(rows.resize((width, height), FILTERS[mode]))


@pytest.mark.parametrize('contrast', [1, 1000])
@pytest.mark.parametrize('mode', FILTERS)
@pytest.mark.parametrize('shape, size', [
    ((48, 64), (80, 106)),
    ((480, 640), (224, 298)),
    ((301, 61), (37, 13)),
    ((7, 200), (3, 900)),
    ((1, 50), (1, 20)),
    ((50, 1), (71, 1)),
    ((900, 20), (30, 5)),
    ((33, 33), (33, 20)),
    ((2, 3), (224, 336)),
])
def test_within_one_level_of_pillow(shape, size, mode, contrast):
    noise = np.random.default_rng(0).normal(0, 40, (*shape, 3))
    img = (noise * contrast + 128).clip(0, 255).astype(np.uint8)
    resized = pillow_resize(img, size, mode)
    expected = pillow_rows_first(img, size, mode)
    difference = np.abs(expected - resized.astype(int))
    assert resized.shape == (*size, 3) and resized.dtype == np.uint8
    # Black and white noise makes bicubic overshoot everywhere.
    assert difference.max() <= (1 if mode == 'bilinear' else 2)
    assert (difference > 0).mean() < 0.03


@pytest.mark.parametrize('view', [
    lambda img: img[..., ::-1],
    lambda img: img[:, ::-1],
    lambda img: img[2:20, 3:17],
])
def test_views(view):
    img = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    before = img.copy()
    resized = pillow_resize(view(img), (25, 33))
    assert (resized == pillow_resize(view(img).copy(), (25, 33))).all()
    assert (img == before).all()


def test_packing_copies_nothing():
    resized = pillow_resize(np.zeros((30, 40, 3), np.uint8), (25, 33))
    assert resized.transpose(2, 0, 1).flags.c_contiguous
