# Copyright (c) mmhoi contributors.
"""Comparison with the Python evaluator of GEN-VLKT and HOICLIP on V-COCO.

The file in tests/data holds 10 of the 29 classes of 120 synthetic images.
"""
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.functional import evaluate_vcoco_hoia
from mmhoi.label_spaces.vcoco_roles import PAPER_VERBS
from mmhoi.structures import PairArrays

GOLDEN = Path(__file__).parents[2] / 'data' / 'vcoco_hoia_slice.npz'


@pytest.fixture(scope='module')
def golden():
    return dict(np.load(GOLDEN))


@pytest.fixture(scope='module')
def arguments(golden):
    gt = PairArrays(*(golden[f'gt_{k}']
                      for k in ('image', 'verb', 'sub', 'obj')))
    det = PairArrays(*(golden[f'det_{k}']
                       for k in ('image', 'verb', 'sub', 'obj', 'score')))
    return gt, golden['gt_obj_label'], det, golden['det_obj_label']


def test_equals_official_evaluator(golden, arguments):
    result = evaluate_vcoco_hoia(*arguments)
    np.testing.assert_allclose(
        result.ap[golden['verbs']], golden['ap'], atol=1e-12)
    others = np.setdiff1d(np.arange(29), golden['verbs'])
    assert np.isnan(result.ap[others]).all()
    assert result.means()['mAP_all'] == pytest.approx(golden['ap'].mean())
    in_paper = np.isin(golden['verbs'], PAPER_VERBS)
    assert result.means()['mAP_thesis'] == pytest.approx(
        golden['ap'][in_paper].sum() / 24)


def test_order_is_indifferent(golden, arguments):
    gt, gt_labels, det, det_labels = arguments
    order = np.random.RandomState(0).permutation(len(det.images))
    result = evaluate_vcoco_hoia(gt, gt_labels, det.select(order),
                                 det_labels[order])
    np.testing.assert_allclose(
        result.ap[golden['verbs']], golden['ap'], atol=1e-12)


def hundred_and_one():
    """The only right detection, and a hundred wrong ones."""
    box = np.array([[0., 0., 9., 9.]])
    gt = PairArrays(np.array([5]), np.array([3]), box, box)
    det = PairArrays(
        np.full(101, 5), np.full(101, 3), box.repeat(101, 0),
        box.repeat(101, 0), np.arange(101.))
    det.obj_bboxes[1:] += 100
    return gt, np.array([17]), det, np.full(101, 17)


def test_only_the_best_hundred_of_an_image_count():
    gt, gt_label, det, labels = hundred_and_one()
    assert evaluate_vcoco_hoia(gt, gt_label, det, labels).ap[3] == 0
    det.scores[0] = 1.5
    assert evaluate_vcoco_hoia(gt, gt_label, det, labels).ap[3] > 0


BOX = np.array([[0., 0., 9., 9.]])
FAR = BOX + 100
NONE = np.full((1, 4), np.nan)


@pytest.mark.parametrize('truth, found, label, expected', [
    (BOX, BOX, 17, 1),
    (BOX, BOX, 18, 0),
    (BOX, FAR, 17, 0),
    (BOX, NONE, 17, 0),
    (NONE, FAR, 18, 1),
    (NONE, NONE, 80, 1),
])
def test_object_must_fit_unless_none_is_annotated(truth, found, label,
                                                  expected):
    gt = PairArrays(np.array([5]), np.array([3]), BOX, truth)
    det = PairArrays(np.array([5]), np.array([3]), BOX, found, np.ones(1))
    ap = evaluate_vcoco_hoia(gt, np.array([17]), det, np.array([label])).ap
    assert ap[3] == pytest.approx(expected)


def test_without_detections(arguments):
    gt, gt_labels, det, labels = arguments
    result = evaluate_vcoco_hoia(gt, gt_labels, det.select(slice(0)),
                                 labels[:0])
    assert result.means() == dict(mAP_all=0, mAP_thesis=0)
