# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest
import torch

from mmhoi.models.layers import pair_nms
from mmhoi.ops import nms_pairs
from mmhoi.structures import PairArrays

GOLDEN = Path(__file__).parents[1] / 'data' / 'hoiclip_pair_nms.npz'


def image_by_image(det, **kwargs):
    """Rows that the model's NMS keeps, ascending."""
    kept = []
    for image in np.unique(det.images):
        rows = np.flatnonzero(det.images == image)
        index = pair_nms(
            *(torch.from_numpy(field[rows])
              for field in (det.sub_bboxes, det.obj_bboxes, det.scores,
                            det.labels)), **kwargs)
        kept.extend(rows[index.numpy()])
    return sorted(kept)


def random_pairs(seed, num=600):
    rng = np.random.RandomState(seed)
    top_left = rng.rand(2, num, 2) * 9
    sub, obj = np.concatenate(
        (top_left, top_left + rng.rand(2, num, 2) * 30 + 20), 2)
    return PairArrays(
        rng.randint(4, size=num) * 10**9, rng.randint(3, size=num), sub, obj,
        rng.randint(40, size=num) / 40)


@pytest.mark.parametrize('kwargs', [
    dict(),
    dict(iou_thr=.5, obj_power=1.),
    dict(iou_thr=.3, sub_power=.5, obj_power=1.),
    dict(iou_thr=.2, sub_power=2., obj_power=0.)
])
@pytest.mark.parametrize('seed', range(3))
def test_equals_model(seed, kwargs):
    det = random_pairs(seed)
    kept = nms_pairs(det, **kwargs)
    np.testing.assert_array_equal(kept, image_by_image(det, **kwargs))
    assert 0 < len(kept) < 600


def test_equals_official_evaluator():
    golden = np.load(GOLDEN)
    num_images, num = golden['labels'].shape
    det = PairArrays(
        np.arange(num_images).repeat(num), golden['labels'].ravel(),
        golden['sub_bboxes'].reshape(-1, 4),
        golden['obj_bboxes'].reshape(-1, 4), golden['scores'].ravel())
    is_kept = np.unpackbits(golden['is_kept'], axis=1, count=num)
    np.testing.assert_array_equal(
        nms_pairs(det), np.flatnonzero(is_kept.ravel()))


def test_dropped_pair_drops_no_other():
    # Neighbours overlap by 3/4, the outer ones by 5/9: every second remains.
    boxes = np.arange(0., 20, 2)[:, None] + [0, 0, 13, 0]
    boxes[:, 1::2] = [0, 9]
    det = PairArrays(
        np.zeros(10, int), np.zeros(10, int), boxes, boxes,
        np.linspace(1, .1, 10))
    assert nms_pairs(det, iou_thr=.6).tolist() == [0, 2, 4, 6, 8]
    assert nms_pairs(det.select([])).tolist() == []
