# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.evaluation.functional import (COCO_IOU_THRS, ap_at_iou_thresholds,
                                         evaluate_hico_det)
from mmhoi.structures import PairArrays


def test_thresholds():
    assert COCO_IOU_THRS == (.5, .55, .6, .65, .7, .75, .8, .85, .9, .95)


@pytest.mark.parametrize('height, reached', [(100, 10), (90, 9), (74, 5),
                                             (75, 6), (50, 1), (49, 0)])
@pytest.mark.parametrize('moved', ['sub_bboxes', 'obj_bboxes'])
def test_overlap_of_one_box_decides(moved, height, reached):
    box = np.array([[0., 0., 99., 99.]])
    gt = PairArrays(np.array([3]), np.array([1]), box, box)
    det = gt._replace(
        **{moved: np.array([[0., 0., 99., height - 1]])},
        scores=np.array([.5]))
    ap = ap_at_iou_thresholds(gt, det, num_hois=2)
    expected = np.zeros((10, 2))
    expected[:reached, 1] = 1
    np.testing.assert_allclose(ap, expected)


def random_pairs(rng, num, scores=None):
    top_left = rng.randint(0, 3, (2, num, 2)) * 4
    sub, obj = np.concatenate(
        (top_left, top_left + rng.randint(2, 5, (2, num, 2)) * 4), 2)
    return PairArrays(
        rng.randint(0, 3, num), rng.randint(0, 2, num), sub, obj, scores)


@pytest.mark.parametrize('grid', ['matlab', 'numpy'])
def test_rows_equal_single_evaluations(grid):
    rng = np.random.RandomState(0)
    gt = random_pairs(rng, 60)
    det = random_pairs(rng, 300, rng.permutation(300) / 300)
    ap = ap_at_iou_thresholds(gt, det, 3, [.3, .5, .8], grid)
    for row, iou_thr in zip(ap, [.3, .5, .8]):
        np.testing.assert_array_equal(
            row,
            evaluate_hico_det(gt, det, 3, grid, iou_thr).ap)
    assert (ap[0, :2] > ap[2, :2]).all()


def test_bad_label():
    rng = np.random.RandomState(0)
    gt = random_pairs(rng, 5)
    with pytest.raises(ValueError, match='annotated HOI id'):
        ap_at_iou_thresholds(gt, random_pairs(rng, 5, np.ones(5)), 1)
