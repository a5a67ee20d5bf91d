# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from PIL import Image

from mmhoi.datasets.transforms import CLIPView


@pytest.mark.parametrize('size', [96, 224])
@pytest.mark.parametrize('shape', [(480, 640), (333, 250), (96, 96),
                                   (160, 192), (60, 301), (224, 225)])
def test_is_that_of_open_clip(shape, size):
    from open_clip import image_transform
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (*shape, 3), np.uint8)
    reference = image_transform(
        size, is_train=False, mean=(0, 0, 0), std=(1, 1, 1))
    expected = reference(Image.fromarray(rgb)).permute(1, 2, 0).numpy()
    view = CLIPView(size)(dict(img=rgb[..., ::-1]))['clip_img']
    assert view.shape == (size, size, 3) and view.dtype == np.uint8
    difference = np.abs(view[..., ::-1] - expected * 255)
    # By 2 at single pixels of noise that is magnified.
    assert difference.max() < 2.01 and difference.mean() < 0.01


def test_loses_the_sides_of_a_wide_image():
    img = np.zeros((50, 200, 3), np.uint8)
    img[:, :70] = img[:, 130:] = 255
    assert CLIPView(50)(dict(img=img))['clip_img'].max() == 0


def test_image_itself_is_kept():
    img = np.full((50, 60, 3), 9, np.uint8)
    results = CLIPView(32)(dict(img=img))
    assert results['img'] is img
    assert (results['clip_img'] == 9).all()
