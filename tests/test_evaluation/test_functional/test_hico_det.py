# Copyright (c) mmhoi contributors.
"""Comparison with the official HICO-DET program.

The file in tests/data holds all annotations and synthetic detections of 53
classes in 1,500 real test images, and what the official MATLAB code (run in
GNU Octave) gives for them. Among them are classes with an overlap of exactly
1/2, with a second choice, without detection and without annotation.
"""
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.functional import (evaluate_hico_det,
                                         evaluate_hico_det_settings,
                                         known_object_detections, match_pairs)
from mmhoi.structures import PairArrays

GOLDEN = Path(__file__).parents[2] / 'data' / 'hico_official_slice.npz'


@pytest.fixture(scope='module')
def golden():
    return dict(np.load(GOLDEN))


@pytest.fixture(scope='module')
def pairs(golden):
    """Annotation and detections, 1-based; detections are stored 0-based."""
    gt = PairArrays(*(golden[f'gt_{k}']
                      for k in ('image', 'hoi', 'sub', 'obj')))
    det = PairArrays(golden['det_image'], golden['det_hoi'],
                     golden['det_sub_x8'] / 8 + 1,
                     golden['det_obj_x8'] / 8 + 1, golden['det_score'])
    return gt, det


def known_object(golden, det):
    images = np.unpackbits(
        golden['object_images'], axis=1, count=int(golden['num_images']))
    return known_object_detections(det, golden['hoi_object'],
                                   images.astype(bool))


@pytest.mark.parametrize('grid', ['matlab', 'numpy'])
def test_both_settings_at_once(golden, pairs, grid):
    images = np.unpackbits(
        golden['object_images'], axis=1, count=int(golden['num_images']))
    results = evaluate_hico_det_settings(*pairs, golden['hoi_object'],
                                         images.astype(bool), grid)
    ids = golden['hoi_ids']
    for setting, result in results.items():
        np.testing.assert_array_equal(result.ap[ids],
                                      golden[f'ap_{setting}_{grid}'])
        np.testing.assert_array_equal(result.recall[ids],
                                      golden[f'recall_{setting}'])


@pytest.mark.parametrize('grid', ['matlab', 'numpy'])
@pytest.mark.parametrize('setting', ['default', 'known_object'])
def test_equals_official_program(golden, pairs, setting, grid):
    gt, det = pairs
    if setting == 'known_object':
        det = known_object(golden, det)
    result = evaluate_hico_det(gt, det, 600, grid)
    ids = golden['hoi_ids']
    np.testing.assert_array_equal(result.ap[ids],
                                  golden[f'ap_{setting}_{grid}'])
    np.testing.assert_array_equal(result.recall[ids],
                                  golden[f'recall_{setting}'])
    np.testing.assert_array_equal(result.num_gt[ids], golden['num_gt'])


def test_true_positives_equal_official_program(golden, pairs):
    is_tp, best_gt = match_pairs(*pairs)
    np.testing.assert_array_equal(is_tp, golden['det_tp_default'])
    assert (best_gt[is_tp] >= 0).all()
    # Second hits on a pair are false although they match.
    assert ((best_gt >= 0) & ~is_tp).sum() > 100
    assert is_tp[golden['det_is_half']].any()


def test_detections_at_half_overlap_miss_a_larger_threshold(golden, pairs):
    is_tp, _ = match_pairs(*pairs, iou_thr=0.5 + 1e-9)
    assert not is_tp[golden['det_is_half']].any()


def test_independent_of_pixel_origin_and_image_numbers(golden, pairs):
    gt, det = (
        p._replace(
            images=p.images.astype(np.int64) * 10**12 - 7,
            sub_bboxes=p.sub_bboxes - 1,
            obj_bboxes=p.obj_bboxes - 1) for p in pairs)
    np.testing.assert_array_equal(
        match_pairs(gt, det)[0], golden['det_tp_default'])


def test_order_of_detections_is_indifferent(golden, pairs):
    gt, det = pairs
    order = np.random.RandomState(0).permutation(len(det.images))
    is_tp, _ = match_pairs(gt, det.select(order))
    np.testing.assert_array_equal(is_tp, golden['det_tp_default'][order])


def test_means(golden, pairs):
    result = evaluate_hico_det(*pairs, 600)
    ids, has_gt = golden['hoi_ids'], golden['num_gt'] > 0
    assert 0 < has_gt.sum() < len(ids)
    expected = golden['ap_default_matlab']
    assert result.mean_ap(ids) == pytest.approx(expected.mean(), abs=1e-15)
    # A class without annotation counts 0 in the mAP, not at all in recall.
    assert result.mean_ap(ids[~has_gt]) == 0
    assert result.mean_recall(ids) == pytest.approx(
        golden['recall_default'][has_gt].mean(), abs=1e-15)
    assert np.isnan(result.mean_ap([])) and np.isnan(result.mean_recall([]))


def empty_pairs(scores):
    boxes = np.zeros((0, 4), np.float32)
    ids = np.zeros(0, np.int64)
    return PairArrays(ids, ids, boxes, boxes, ids / 1. if scores else None)


@pytest.mark.parametrize('no_gt', [False, True])
@pytest.mark.parametrize('no_det', [False, True])
def test_empty_sides(pairs, no_gt, no_det):
    gt = empty_pairs(False) if no_gt else pairs[0]
    det = empty_pairs(True) if no_det else pairs[1]
    result = evaluate_hico_det(gt, det, 600)
    assert (result.ap.sum() == 0) == (no_gt or no_det)
    assert np.isnan(result.recall).all() == no_gt
    assert result.num_gt.sum() == len(gt.images)
    assert result.num_det.sum() == len(det.images)


@pytest.mark.parametrize(
    'side, change, message',
    [('gt', dict(labels=-1), r'annotated HOI id -1 is outside of 0\.\.599'),
     ('det', dict(labels=600), r'detected HOI id 600 is outside of 0\.\.599'),
     ('det', dict(scores=np.nan), 'scores .* not finite'),
     ('det', dict(sub_bboxes=np.inf), 'sub_bboxes .* not finite')])
def test_bad_input(pairs, side, change, message):
    gt, det = pairs
    (key, value), = change.items()
    target = gt if side == 'gt' else det
    values = getattr(target, key).copy()
    values[5] = value
    changed = target._replace(**{key: values})
    with pytest.raises(ValueError, match=message):
        evaluate_hico_det(*((changed, det) if side == 'gt' else (gt, changed)),
                          600)


def test_unknown_recall_grid(pairs):
    with pytest.raises(ValueError, match='allowed: matlab, numpy'):
        evaluate_hico_det(*pairs, 600, recall_grid='area')


@pytest.mark.parametrize('bad', [-1, 1500])
def test_image_outside_of_known_object_table(golden, pairs, bad):
    gt, det = pairs
    images = det.images.astype(int)
    images[7] = bad
    det, table = det._replace(images=images), np.ones((80, 1500), bool)
    for function in (
            lambda: known_object_detections(det, golden['hoi_object'], table),
            lambda: evaluate_hico_det_settings(gt, det, golden['hoi_object'],
                                               table)):
        with pytest.raises(ValueError, match=f'image {bad} of a detection'):
            function()
