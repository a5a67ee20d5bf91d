# Copyright (c) mmhoi contributors.
"""What must hold for any annotation and any detections."""
import numpy as np
import pytest
from hico_reference import (inclusive_iou, looped_hico_det,
                            looped_true_positives)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mmhoi.evaluation.functional import (analyze_errors, evaluate_hico_det,
                                         evaluate_hico_det_settings,
                                         known_object_detections, match_pairs)
from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import PairArrays

NUM_HOIS, NUM_IMAGES = 3, 3
HOI_TO_OBJECT = np.array([0, 0, 1])


def boxes(num):
    """A coarse raster makes hits, ties and touching boxes frequent."""

    def to_xyxy(values):
        return np.hstack((values[:, :2], values[:, :2] + values[:, 2:])) * 2.

    return arrays(np.int64, (num, 4), elements=st.integers(0, 3)).map(to_xyxy)


@st.composite
def pairs(draw, max_num, with_scores, distinct=True):
    """Up to `max_num` pairs of 3 HOIs in 3 images."""
    num = draw(st.integers(0, max_num))
    scores = None
    if with_scores:
        scores = draw(
            arrays(
                np.float64,
                num,
                elements=st.integers(0, 99).map(lambda i: i / 100),
                unique=distinct))
    return PairArrays(
        draw(arrays(np.int64, num, elements=st.integers(0, NUM_IMAGES - 1))),
        draw(arrays(np.int64, num, elements=st.integers(0, NUM_HOIS - 1))),
        draw(boxes(num)), draw(boxes(num)), scores)


annotations = pairs(8, with_scores=False)
detections = pairs(20, with_scores=True)
detections_with_ties = pairs(20, with_scores=True, distinct=False)
some = settings(max_examples=50, deadline=None)
grids = st.sampled_from(['matlab', 'numpy'])


@some
@given(annotations, detections_with_ties, grids)
def test_equals_plain_loops(gt, det, grid):
    is_tp, best_gt = match_pairs(gt, det)
    np.testing.assert_array_equal(is_tp, looped_true_positives(gt, det))
    assert (best_gt[is_tp] >= 0).all()
    np.testing.assert_array_equal(
        evaluate_hico_det(gt, det, NUM_HOIS, grid).ap,
        looped_hico_det(gt, det, NUM_HOIS, grid))


@some
@given(boxes(6), boxes(6))
def test_iou(bboxes1, bboxes2):
    np.testing.assert_array_equal(
        aligned_inclusive_iou(bboxes1, bboxes2), [
            inclusive_iou(*pair)
            for pair in zip(bboxes1.tolist(), bboxes2.tolist())
        ])


@some
@given(annotations, detections, st.randoms(use_true_random=False))
def test_order_of_detections_changes_nothing(gt, det, random):
    order = list(range(len(det.images)))
    random.shuffle(order)
    one = evaluate_hico_det(gt, det, NUM_HOIS)
    other = evaluate_hico_det(gt, det.select(np.array(order, int)), NUM_HOIS)
    np.testing.assert_array_equal(one.ap, other.ap)
    np.testing.assert_array_equal(one.recall, other.recall)


@some
@given(annotations, detections, st.permutations([0, 10**9, -5]))
def test_images_may_have_any_number_and_order(gt, det, numbers):
    one = evaluate_hico_det(gt, det, NUM_HOIS)
    gt, det = (
        side._replace(images=np.array(numbers)[side.images])
        for side in (gt, det))
    order = np.argsort(gt.images, kind='stable')
    other = evaluate_hico_det(gt.select(order), det, NUM_HOIS)
    np.testing.assert_array_equal(one.ap, other.ap)


@some
@given(annotations, detections, detections)
def test_false_positive_never_raises_ap(gt, det, more):
    before = evaluate_hico_det(gt, det, NUM_HOIS)
    # In an image without annotation nothing can be hit.
    more = more._replace(
        images=more.images + NUM_IMAGES, scores=more.scores + .005)
    after = evaluate_hico_det(gt, PairArrays.concatenate([det, more]),
                              NUM_HOIS)
    assert (after.ap <= before.ap).all()
    np.testing.assert_array_equal(after.recall, before.recall)


@some
@given(annotations, detections)
def test_bounds(gt, det):
    result = evaluate_hico_det(gt, det, NUM_HOIS)
    assert ((result.ap >= 0) & (result.ap <= 1 + 1e-12)).all()
    # A recall that is never reached costs its grid points.
    recall = np.nan_to_num(result.recall)
    assert (result.ap <= (np.floor(recall * 10 + 1e-9) + 1) / 11 + 1e-12).all()
    assert (result.ap[recall == 0] == 0).all()


@some
@given(annotations)
def test_annotation_finds_itself(gt):
    # Unless two pairs are equal, of which only one can be found.
    rows = np.column_stack(gt[:4])
    _, first = np.unique(rows, axis=0, return_index=True)
    gt = gt.select(np.sort(first))
    det = gt._replace(scores=np.linspace(1, .1, len(gt.images)))
    result = evaluate_hico_det(gt, det, NUM_HOIS)
    np.testing.assert_array_equal(result.recall[result.num_gt > 0], 1)
    assert result.ap == pytest.approx((result.num_gt > 0).astype(float))


@some
@given(annotations, detections_with_ties, arrays(np.bool_, (2, NUM_IMAGES)),
       grids)
def test_settings_equal_single_evaluations(gt, det, object_images, grid):
    results = evaluate_hico_det_settings(gt, det, HOI_TO_OBJECT, object_images,
                                         grid)
    known = known_object_detections(det, HOI_TO_OBJECT, object_images)
    for name, part in (('default', det), ('known_object', known)):
        expected = evaluate_hico_det(gt, part, NUM_HOIS, grid)
        for field in ('ap', 'recall', 'num_gt', 'num_det'):
            np.testing.assert_array_equal(
                getattr(results[name], field), getattr(expected, field))


@some
@given(annotations, detections_with_ties)
def test_errors_add_up(gt, det):
    errors = analyze_errors(gt, det, HOI_TO_OBJECT)
    lost = np.stack(list(errors.lost_ap.values()))
    has_gt = np.bincount(gt.labels, minlength=NUM_HOIS) > 0
    assert (lost[:, has_gt] >= 0).all()
    assert np.isnan(lost[:, ~has_gt]).all()
    assert lost[:, has_gt].sum(0) == pytest.approx(1 - errors.ap[has_gt])
