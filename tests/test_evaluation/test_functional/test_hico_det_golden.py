# Copyright (c) mmhoi contributors.
"""All 600 classes in 1,500 images against official programs.

Needs the golden data that are too large for the repository; test_hico_det.py
compares a slice of them.
"""
import json
from pathlib import Path

import numpy as np
import pytest
from hico_reference import looped_hico_det

from mmhoi.evaluation.functional import (area_ap, class_score_order,
                                         eleven_point_ap, evaluate_hico_det,
                                         evaluate_hico_det_python,
                                         evaluate_hico_det_settings,
                                         known_object_detections, match_pairs)
from mmhoi.label_spaces import known_object_images, load_label_space
from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import PairArrays

GOLDEN = Path(__file__).parents[4] / 'shared' / 'golden'
pytestmark = pytest.mark.skipif(
    not (GOLDEN / 'hico_official_seed0.npz').exists(),
    reason='needs the golden data')
SUBSETS = ('full', 'rare', 'non_rare')


@pytest.fixture(scope='module')
def golden():
    return dict(np.load(GOLDEN / 'hico_official_seed0.npz'))


@pytest.fixture(scope='module')
def sums():
    return json.loads((GOLDEN / 'hico_official_seed0.json').read_text())


@pytest.fixture(scope='module')
def gt(golden):
    return PairArrays(*(golden[f'gt_{k}']
                        for k in ('image', 'hoi', 'human', 'object')))


def detections(golden, shift=1):
    return PairArrays(golden['det_image'], golden['det_hoi'],
                      golden['det_human'] + shift,
                      golden['det_object'] + shift, golden['det_score'])


def subset_ids(golden, name, only_annotated=False):
    rare = golden['rare']
    chosen = dict(full=rare | True, rare=rare, non_rare=~rare)[name]
    if only_annotated:
        chosen = chosen & (golden['num_gt'] > 0)
    return np.flatnonzero(chosen)


@pytest.mark.parametrize('grid, suffix, sums_key',
                         [('numpy', '', 'octave'),
                          ('matlab', '_matlab_colon', 'matlab_colon')])
def test_both_settings(golden, sums, gt, grid, suffix, sums_key):
    det = detections(golden)
    results = evaluate_hico_det_settings(
        gt, det,
        load_label_space('hico_det').hoi_objects,
        known_object_images(golden['image_id']), grid)
    for setting, key in (('default', 'def'), ('known_object', 'ko')):
        result = results[setting]
        np.testing.assert_array_equal(result.ap, golden[f'ap_{key}{suffix}'])
        np.testing.assert_array_equal(result.recall, golden[f'rec_{key}'])
        np.testing.assert_array_equal(result.num_gt, golden['num_gt'])
        expected = sums[key]
        for name in SUBSETS:
            for ending in ('', '_gt_classes'):
                mean = result.mean_ap(subset_ids(golden, name, bool(ending)))
                assert mean == pytest.approx(
                    expected[sums_key][name + ending], abs=1e-15)
        assert result.mean_recall(np.arange(600)) == pytest.approx(
            expected['mean_recall_gt_classes'], abs=1e-15)


def test_true_positives_and_area(golden, sums, gt):
    det = detections(golden)
    is_tp, best_gt = match_pairs(gt, det)
    np.testing.assert_array_equal(is_tp, golden['det_tp_def'])
    np.testing.assert_array_equal(best_gt, golden['det_best_gt'])
    known = known_object_detections(det, golden['hoi_object'],
                                    golden['ko_image'])
    is_known = golden['ko_image'][golden['hoi_object'][det.labels], det.images]
    np.testing.assert_array_equal(
        match_pairs(gt, known)[0], golden['det_tp_ko'][is_known])
    assert not golden['det_tp_ko'][~is_known].any()
    for key, pairs in (('def', det), ('ko', known)):
        order = class_score_order(pairs.labels, pairs.scores)
        is_tp, _ = match_pairs(gt, pairs)
        ap = area_ap(pairs.labels[order], is_tp[order], golden['num_gt'])
        np.testing.assert_allclose(
            np.nan_to_num(ap), golden[f'ap_{key}_area'], rtol=0, atol=1e-12)
        for name in SUBSETS:
            assert np.nanmean(ap[subset_ids(golden, name)]) == pytest.approx(
                sums[key]['area'][f'{name}_gt_classes'], abs=1e-12)


@pytest.mark.parametrize('protocol, key', [('qpic', 'qpic'),
                                           ('hoiclip', 'hoiclip_triplet')])
@pytest.mark.parametrize('shift', [0, 1])
def test_python_protocols(golden, sums, gt, protocol, key, shift):
    key = f'{key}_{"shift1" if shift else "noshift"}'
    result = evaluate_hico_det_python(gt, detections(golden, shift), protocol,
                                      600)
    np.testing.assert_array_equal(result.ap, golden[f'ap_{key}'])
    expected = sums['python'][key]
    assert result.full() == pytest.approx(expected['mAP'], abs=1e-15)
    for name in ('rare', 'non_rare'):
        assert result.subset(subset_ids(golden, name)) == pytest.approx(
            expected[name], abs=1e-15)


@pytest.mark.parametrize(
    'name, kwargs',
    [('fall_back_to_next_best_unmatched_gt', dict(fall_back=True)),
     ('product_of_ious', dict(combine=lambda a, b: a * b)),
     ('mean_of_ious', dict(combine=lambda a, b: (a + b) / 2)),
     ('iou_strictly_greater', dict(iou_thr=np.nextafter(.5, 1))),
     ('no_plus_one_on_detections', dict(shift=0)),
     ('drop_images_without_gt', dict(drop=True))])
def test_wrong_variants_of_the_protocol(golden, sums, gt, name, kwargs):
    """The reference loops have the official figures, of mistakes too."""
    kwargs = dict(kwargs)
    det = detections(golden, kwargs.pop('shift', 1))
    if kwargs.pop('drop', False):
        det = det.select(np.isin(det.images, gt.images))
    ap = looped_hico_det(gt, det, recall_grid='numpy', **kwargs)
    assert_variant(golden, sums, name, ap)


def test_continuous_iou_is_another_wrong_variant(golden, sums, gt):

    def continuous_iou(bboxes1, bboxes2):
        return aligned_inclusive_iou(bboxes1 + [0, 0, -1, -1],
                                     bboxes2 + [0, 0, -1, -1])

    det = detections(golden)
    is_tp, _ = match_pairs(gt, det, iou=continuous_iou)
    order = class_score_order(det.labels, det.scores)
    ap, _ = eleven_point_ap(det.labels[order], is_tp[order], golden['num_gt'],
                            'numpy')
    assert_variant(golden, sums, 'continuous_iou_on_raw_numbers', ap)


def assert_variant(golden, sums, name, ap):
    expected = sums['variants_default_setting'][name]
    assert ap.mean() == pytest.approx(expected['full'], abs=1e-12)
    change = np.abs(ap - golden['ap_def'])
    assert (change > 1e-12).sum() == expected['classes_changed']
    assert change.max() == pytest.approx(expected['max_abs'], abs=1e-12)


def test_reference_loops(golden, gt):
    det = detections(golden)
    np.testing.assert_array_equal(
        looped_hico_det(gt, det),
        evaluate_hico_det(gt, det, 600).ap)
