# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.datasets.transforms.contiguous_image import contiguous_image

VIEWS = dict(
    itself=lambda img: img,
    channels=lambda img: img[..., ::-1],
    mirrored=lambda img: img[:, ::-1],
    upside_down=lambda img: img[::-1],
    all_reversed=lambda img: img[::-1, ::-1, ::-1],
    cropped=lambda img: img[2:20, 3:17],
    cropped_mirrored=lambda img: img[2:20, 3:17][:, ::-1],
    planes=lambda img: img.transpose(2, 0, 1).copy().transpose(1, 2, 0),
    cropped_planes=lambda img: img.transpose(2, 0, 1).copy().transpose(
        1, 2, 0)[2:20, 3:17],
    mirrored_planes=lambda img: img.transpose(2, 0, 1).copy().transpose(
        1, 2, 0)[:, ::-1],
    turned=lambda img: img.transpose(1, 0, 2),
    fortran=np.asfortranarray,
    one_column=lambda img: img[:, 3:4],
    one_column_mirrored=lambda img: img[:, 3:4][:, ::-1],
    one_row=lambda img: img[4:5, ::-1],
)


@pytest.mark.parametrize('name', VIEWS)
def test_same_pixels(name):
    img = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    before = img.copy()
    view = VIEWS[name](img)
    copy = contiguous_image(view)
    assert copy.flags.c_contiguous and (copy == view).all()
    assert (copy is img) == (name == 'itself')
    assert (img == before).all()
