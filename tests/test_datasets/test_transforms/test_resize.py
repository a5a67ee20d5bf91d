# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmcv.transforms import RandomChoiceResize
from mmdet.structures.bbox import HorizontalBoxes
from PIL import Image
from torchvision.transforms import functional as F

from mmhoi.datasets.transforms import DETRResize
from mmhoi.utils.image_sizes import detr_size

SHAPES = [(480, 640), (640, 480), (427, 640), (333, 500), (500, 333),
          (200, 1000), (1000, 200), (333, 333), (800, 1000), (1333, 800),
          (75, 61), (61, 301)]


@pytest.mark.parametrize(
    'height, width, short, max_long, size',
    [
        (480, 640, 800, 1333, (800, 1066)),
        (640, 480, 800, 1333, (1066, 800)),
        (427, 640, 800, 1333, (800, 1199)),
        (333, 500, 800, 1333, (800, 1201)),
        (800, 1066, 800, 1333, (800, 1066)),
        (600, 600, 800, 1333, (800, 800)),
        (400, 1000, 800, 1333, (533, 1332)),
        (1000, 400, 800, 1333, (1332, 533)),
        # 570.5 is rounded up, so that the longer side passes the limit.
        (428, 1000, 800, 1333, (571, 1334)),
        (480, 640, 400, None, (400, 533)),
        (100, 2000, 400, None, (400, 8000)),
        (1, 5000, 800, 1333, (1, 5000)),
    ])
def test_size(height, width, short, max_long, size):
    assert detr_size(height, width, short, max_long) == size


@pytest.mark.parametrize('scale', [(1333, 800), (800, 1333), (1333, 480), 400,
                                   (192, 160)])
@pytest.mark.parametrize('shape', SHAPES)
def test_pixels_are_those_of_torchvision_on_pillow(shape, scale):
    rng = np.random.default_rng(0)
    img = rng.integers(0, 256, (*shape, 3), np.uint8)
    short, max_long = (scale, None) if isinstance(scale, int) else (min(scale),
                                                                    max(scale))
    size = detr_size(*shape, short, max_long)
    # The channels reversed: mmcv's images are BGR.
    rows = F.resize(Image.fromarray(img), (shape[0], size[1]))
    expected = np.asarray(F.resize(rows, size))
    results = DETRResize(scale)(dict(img=img[..., ::-1]))
    assert results['img_shape'] == size
    difference = np.abs(expected - results['img'][..., ::-1].astype(int))
    assert difference.max() <= 1 and difference.mean() < 0.01


def test_boxes_follow_each_axis():
    img = np.zeros((400, 1000, 3), np.uint8)
    boxes = HorizontalBoxes(torch.tensor([[0., 0., 1000., 400.]]))
    results = DETRResize((1333, 800))(dict(img=img, gt_bboxes=boxes))
    # 533 / 400 differs from 1332 / 1000.
    assert results['scale_factor'] == (1.332, 1.3325)
    torch.testing.assert_close(results['gt_bboxes'].tensor,
                               torch.tensor([[0., 0., 1332., 533.]]))


def test_inside_random_choice_resize():
    np.random.seed(0)
    resize = RandomChoiceResize(
        scales=[400, (500, 450)], resize_type='mmhoi.DETRResize')
    sizes = {
        resize(dict(img=np.zeros((300, 400, 3), np.uint8)))['img_shape']
        for _ in range(20)
    }
    assert sizes == {(400, 533), (375, 500)}
