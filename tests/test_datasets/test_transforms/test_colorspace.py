# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import ColorJitter as TorchvisionColorJitter

from mmhoi.datasets.transforms import ColorJitter


@pytest.fixture
def rgb():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (20, 30, 3), np.uint8)


def jitter(rgb, seed, *args):
    torch.manual_seed(seed)
    results = ColorJitter(*args)(dict(img=rgb[..., ::-1]))
    return results['img'][..., ::-1]


@pytest.mark.parametrize('seed', range(12))
def test_equals_torchvision_on_rgb(rgb, seed):
    jittered = jitter(rgb, seed)
    torch.manual_seed(seed)
    expected = TorchvisionColorJitter(.4, .4, .4)(Image.fromarray(rgb))
    assert (jittered == np.asarray(expected)).all()
    assert (jittered != rgb).any()


def test_nothing_to_do(rgb):
    assert (jitter(rgb, 0, 0, 0, 0) == rgb).all()


def test_saturation_leaves_grey_alone():
    grey = np.full((4, 4, 3), 90, np.uint8)
    assert (jitter(grey, 0, 0, 0, 0.4) == 90).all()


def test_input_is_not_changed(rgb):
    before = rgb.copy()
    jitter(rgb, 0)
    assert (rgb == before).all()
