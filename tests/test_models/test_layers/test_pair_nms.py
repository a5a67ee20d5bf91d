# Copyright (c) mmhoi contributors.
from pathlib import Path

import numpy as np
import pytest
import torch

from mmhoi.models.layers import pair_nms

GOLDEN = Path(__file__).parents[2] / 'data' / 'hoiclip_pair_nms.npz'


def inclusive_iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    if width <= 0 or height <= 0:
        return 0.
    area = [(x[2] - x[0] + 1) * (x[3] - x[1] + 1) for x in (a, b)]
    return width * height / (sum(area) - width * height)


def brute_force(sub, obj, scores, labels, thr, sub_power, obj_power):
    sub, obj, scores, labels = (x.tolist() for x in (sub, obj, scores, labels))
    kept = []
    for i in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(labels[i] != labels[j]
               or inclusive_iou(sub[i], sub[j])**sub_power *
               inclusive_iou(obj[i], obj[j])**obj_power <= thr for j in kept):
            kept.append(i)
    return kept


def random_pairs(seed, num=100, num_labels=2):
    rng = torch.Generator().manual_seed(seed)
    top_left = torch.rand(2, num, 2, generator=rng, dtype=torch.float64) * 9
    sizes = torch.rand(2, num, 2, generator=rng, dtype=torch.float64) * 30 + 20
    sub, obj = torch.cat((top_left, top_left + sizes), -1)
    scores = torch.randint(0, 40, (num, ), generator=rng) / 40.
    labels = torch.randint(0, num_labels, (num, ), generator=rng)
    return sub, obj, scores, labels


@pytest.mark.parametrize('cfg', [(0.7, 1., .5), (0.5, 1., 1.), (0.3, .5, 1.),
                                 (0.2, 2., 0.)])
@pytest.mark.parametrize('seed', range(3))
def test_equals_plain_loops(seed, cfg):
    # Scores on a raster: ties keep the given order.
    pairs = random_pairs(seed)
    expected = brute_force(*pairs, *cfg)
    assert pair_nms(*pairs, *cfg).tolist() == expected
    assert 3 < len(expected) < 98


def test_dropped_pair_drops_no_other():
    # Neighbours overlap by 3/4, the outer ones by 5/9.
    boxes = torch.tensor([[0., 0., 13., 9.], [2., 0., 15., 9.],
                          [4., 0., 17., 9.]])
    args = boxes, boxes, torch.tensor([.9, .8, .7]), torch.zeros(3).long()
    assert pair_nms(*args, iou_thr=0.6).tolist() == [0, 2]
    assert pair_nms(*args, iou_thr=0.4).tolist() == [0]


def test_equals_official_evaluator():
    """24 images with synthetic predictions, kept ones of the official code."""
    golden = np.load(GOLDEN)
    is_kept = np.unpackbits(golden['is_kept'], axis=1, count=100).astype(bool)
    removed = 0
    for i, kept in enumerate(is_kept):
        args = (
            torch.from_numpy(golden[key][i])
            for key in ('sub_bboxes', 'obj_bboxes', 'scores', 'labels'))
        # The golden predictions are in descending order of score.
        assert pair_nms(*args).tolist() == np.flatnonzero(kept).tolist()
        removed += (~kept).sum()
    assert removed > 200


@pytest.mark.parametrize(
    'sub_shift, obj_shift, same_label, dropped',
    [
        (0, 0, True, True),
        (0, 0, False, False),
        (30, 0, True, False),
        (0, 30, True, False),
        # IoU 9/11 = 0.82: enters at full power for the subject (0.82 > 0.7)
        # and as a square root for the object (0.82 * 0.90 = 0.74 > 0.7).
        (1, 1, True, True),
        # IoU 8/12 = 0.67 of the object: 0.67 ** 0.5 = 0.82.
        (0, 2, True, True),
        (2, 0, True, False),
    ])
def test_two_pairs(sub_shift, obj_shift, same_label, dropped):
    box = torch.tensor([0., 0., 9., 9.])
    sub = torch.stack((box, box + torch.tensor([sub_shift, 0, sub_shift, 0])))
    obj = torch.stack((box, box + torch.tensor([obj_shift, 0, obj_shift, 0])))
    labels = torch.tensor([7, 7 if same_label else 8])
    kept = pair_nms(sub, obj, torch.tensor([.2, .9]), labels)
    assert kept.tolist() == ([1] if dropped else [1, 0])


def test_none_and_arguments_unchanged():
    none = torch.zeros(0, 4)
    kept = pair_nms(none, none, torch.zeros(0), torch.zeros(0).long())
    assert kept.shape == (0, ) and kept.dtype == torch.int64
    pairs = random_pairs(0)
    copies = [x.clone() for x in pairs]
    pair_nms(*pairs)
    assert all(torch.equal(a, b) for a, b in zip(pairs, copies))
