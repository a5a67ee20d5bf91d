# Copyright (c) mmhoi contributors.
import subprocess
import sys

import numpy as np
import pytest

from mmhoi.evaluation.functional import class_score_order, match_pairs
from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import PairArrays


@pytest.mark.parametrize(
    'box1, box2, expected',
    [
        ([0, 0, 9, 9], [0, 0, 9, 9], 1),
        ([0, 0, 9, 9], [0, 0, 9, 19], 1 / 2),
        ([0, 0, 0, 0], [0, 0, 0, 0], 1),  # a single pixel
        ([0, 0, 4, 4], [4, 4, 8, 8], 1 / 49),  # share one pixel
        ([0, 0, 4, 4], [5, 0, 9, 4], 0),  # neighbours
        ([0, 0, 4, 4], [8, 9, 9, 9], 0),  # apart on both axes
    ])
def test_aligned_inclusive_iou(box1, box2, expected):
    boxes = np.array([box1]), np.array([box2])
    assert aligned_inclusive_iou(*boxes) == pytest.approx(expected)
    assert aligned_inclusive_iou(*boxes[::-1]) == pytest.approx(expected)


def test_equal_scores_keep_their_order():
    labels = np.array([1, 0, 1, 0, 1])
    scores = np.array([.5, .5, .5, .5, .9], np.float32)
    np.testing.assert_array_equal(
        class_score_order(labels, scores), [1, 3, 4, 0, 2])


def brute_force(gt, det, iou_thr):
    """The protocol in plain loops."""
    is_tp = np.zeros(len(det.images), bool)
    free = np.ones(len(gt.images), bool)
    for i in np.argsort(-det.scores, kind='stable'):
        best, best_row = -1, None
        for j in range(len(gt.images)):
            if (gt.images[j], gt.labels[j]) != (det.images[i], det.labels[i]):
                continue
            overlap = min(
                aligned_inclusive_iou(boxes[j:j + 1], other[i:i + 1])[0]
                for boxes, other in ((gt.sub_bboxes, det.sub_bboxes),
                                     (gt.obj_bboxes, det.obj_bboxes)))
            if overlap > best:
                best, best_row = overlap, j
        if best >= iou_thr and free[best_row]:
            is_tp[i], free[best_row] = True, False
    return is_tp


@pytest.mark.parametrize('seed', range(5))
def test_equals_plain_loops(seed):
    rng = np.random.RandomState(seed)

    def boxes(num):
        # A coarse raster makes ties between annotated pairs frequent.
        top_left = rng.randint(0, 3, (num, 2)) * 4
        return np.hstack((top_left, top_left + rng.randint(1, 4,
                                                           (num, 2)) * 4))

    def pairs(num, **kwargs):
        return PairArrays(
            rng.randint(0, 3, num), rng.randint(0, 2, num), boxes(num),
            boxes(num), **kwargs)

    gt = pairs(60)
    det = pairs(300, scores=rng.randint(0, 50, 300) / 50)
    is_tp, best_gt = match_pairs(gt, det, iou_thr=0.4)
    np.testing.assert_array_equal(is_tp, brute_force(gt, det, 0.4))
    assert is_tp.sum() >= 10
    hits = best_gt[is_tp]
    assert len(set(hits)) == len(hits)
    np.testing.assert_array_equal(gt.labels[hits], det.labels[is_tp])
    np.testing.assert_array_equal(gt.images[hits], det.images[is_tp])


def test_functional_needs_no_torch():
    code = ('import sys, mmhoi.evaluation.functional; '
            'sys.exit("torch" in sys.modules)')
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0
