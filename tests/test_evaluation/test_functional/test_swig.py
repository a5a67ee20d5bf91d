# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmhoi.evaluation.functional import swig
from mmhoi.evaluation.functional.swig import (aligned_continuous_iou,
                                              evaluate_swig, swig_subsets)
from mmhoi.structures import PairArrays

BOX = [0, 0, 10, 10]


def pairs(rows, scores=None):
    """Pairs of (image, HOI, subject box, object box)."""
    images, labels, subs, objs = zip(*rows) if rows else [()] * 4
    return PairArrays(
        np.array(images, int), np.array(labels, int),
        np.array(subs, float).reshape(-1, 4),
        np.array(objs, float).reshape(-1, 4),
        None if scores is None else np.array(scores, float))


@pytest.mark.parametrize('box, iou', [
    ([0, 0, 10, 10], 1),
    ([0, 0, 5, 10], 0.5),
    ([5, 0, 15, 10], 1 / 3),
    ([10, 0, 20, 10], 0),
    ([12, 12, 20, 20], 0),
    ([3, 3, 3, 9], 0),
    ([9, 9, 1, 1], 0),
])
def test_continuous_iou(box, iou):
    boxes = np.array([BOX, box], float)
    assert aligned_continuous_iou(boxes[:1], boxes[1:]) == pytest.approx([iou])
    assert aligned_continuous_iou(boxes[1:], boxes[:1]) == pytest.approx([iou])


def test_empty_boxes_never_overlap_and_never_divide_by_zero():
    point = np.array([[3., 3., 3., 3.]])
    assert aligned_continuous_iou(point, point).tolist() == [0]


def test_a_detection_has_no_second_choice():
    # The second detection fits the first pair best, which is taken.
    near = [0, 0, 10, 11]
    gt = pairs([(1, 0, BOX, BOX), (1, 0, near, near)])
    det = pairs([(1, 0, BOX, BOX), (1, 0, BOX, BOX)], [.9, .8])
    result = evaluate_swig(gt, det, 1)
    assert result.recall.tolist() == [.5]
    # Recalls 0, 0.1, .., 0.5 are reached with precision 1.
    assert result.ap == pytest.approx([6 / 11])


@pytest.mark.parametrize('obj, ap', [([0, 0, 10, 20], 1), ([0, 0, 10, 21], 0)])
def test_half_an_overlap_of_the_worse_box_suffices(obj, ap):
    result = evaluate_swig(
        pairs([(1, 0, BOX, BOX)]), pairs([(1, 0, BOX, obj)], [.5]), 1)
    assert result.ap == pytest.approx([ap])


def test_classes_and_images_are_apart():
    gt = pairs([(1, 0, BOX, BOX), (2, 1, BOX, BOX), (2, 2, BOX, BOX)])
    det = pairs([(2, 0, BOX, BOX), (2, 1, BOX, BOX), (1, 3, BOX, BOX)],
                [.9, .8, .7])
    result = evaluate_swig(gt, det, 4)
    assert result.ap == pytest.approx([0, 1, 0, 0])
    assert result.num_gt.tolist() == [1, 1, 1, 0]
    assert result.num_det.tolist() == [1, 1, 0, 1]
    # A class that is detected, but not annotated, counts 0 like the others.
    assert result.mean_ap(np.array([1, 3])) == pytest.approx(.5)
    assert np.isnan(result.mean_ap(np.array([], int)))


@pytest.mark.parametrize('tenths', range(1, 11))
def test_recall_of_whole_tenths_reaches_its_threshold(tenths):
    gt = pairs([(i, 0, BOX, BOX) for i in range(10)])
    det = pairs([(i, 0, BOX, BOX) for i in range(tenths)],
                np.linspace(1, .1, tenths))
    assert evaluate_swig(gt, det, 1).ap == pytest.approx([(tenths + 1) / 11])


def test_only_the_best_detections_of_a_class_count(monkeypatch):
    monkeypatch.setattr(swig, 'MAX_PER_CLASS', 2)
    gt = pairs([(1, 0, BOX, BOX), (1, 1, BOX, BOX)])
    wrong, right = [20, 20, 30, 30], BOX
    det = pairs([(1, 0, right, right), (1, 1, right, right),
                 (1, 0, wrong, wrong), (1, 0, wrong, wrong)], [.1, .1, .9, .8])
    result = evaluate_swig(gt, det, 2)
    assert result.ap == pytest.approx([0, 1])
    assert result.num_det.tolist() == [3, 1]


def test_no_detection_and_no_annotation():
    gt = pairs([(1, 0, BOX, BOX)])
    assert evaluate_swig(gt, pairs([], []), 1).ap.tolist() == [0]
    result = evaluate_swig(pairs([]), pairs([], []), 2)
    assert result.ap.tolist() == [0, 0]


@pytest.mark.parametrize('label, score, message', [
    (4, .5, r'outside of 0\.\.3'),
    (-1, .5, r'outside of 0\.\.3'),
    (0, np.nan, 'not finite'),
])
def test_bad_detections(label, score, message):
    with pytest.raises(ValueError, match=message):
        evaluate_swig(
            pairs([(1, 0, BOX, BOX)]), pairs([(1, label, BOX, BOX)], [score]),
            4)


def looped_ap(gt, det):
    """AP of one class, a detection at a time."""
    free = {i for i in range(len(gt.images))}
    hits = []
    for row in np.argsort(-det.scores, kind='stable'):
        best, overlap = None, 0
        for i in range(len(gt.images)):
            if gt.images[i] != det.images[row]:
                continue
            value = min(
                aligned_continuous_iou(boxes[i:i + 1], dets[row:row + 1])[0]
                for boxes, dets in ((gt.sub_bboxes, det.sub_bboxes),
                                    (gt.obj_bboxes, det.obj_bboxes)))
            if value > overlap:
                best, overlap = i, value
        hits.append(overlap >= .5 and best in free)
        free -= {best} if hits[-1] else set()
    recalls = np.cumsum(hits) / len(gt.images)
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return sum(precisions[recalls >= i / 10].max(initial=0)
               for i in range(11)) / 11


ROW = st.tuples(
    st.integers(0, 2), st.just(0), *[
        st.tuples(
            st.integers(0, 3), st.integers(0, 3), st.integers(4, 8),
            st.integers(4, 8))
    ] * 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ROW, min_size=1, max_size=6),
    st.lists(ROW, min_size=1, max_size=8), st.randoms())
def test_equal_to_a_loop_and_independent_of_the_order(gt, det, random):
    scores = random.sample(range(100), len(det))
    expected = looped_ap(pairs(gt), pairs(det, scores))
    assert evaluate_swig(pairs(gt), pairs(det, scores),
                         1).ap[0] == pytest.approx(
                             expected, abs=1e-12)
    order = random.sample(range(len(det)), len(det))
    shuffled = pairs([det[i] for i in order], [scores[i] for i in order])
    assert evaluate_swig(pairs(gt), shuffled, 1).ap[0] == pytest.approx(
        expected, abs=1e-12)


def test_subsets():
    subsets = swig_subsets(np.array([0, 1, 2, 1, 0]), [0, 1, 2])
    assert {
        k: v.tolist()
        for k, v in subsets.items()
    } == dict(
        full=[0, 1, 2], zero=[0], rare=[1], non_rare=[2], seen=[1, 2])
