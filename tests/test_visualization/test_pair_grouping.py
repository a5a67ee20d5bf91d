# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.visualization.pair_grouping import group_pairs

PERSON = [10, 10, 29, 49]
SAME_PERSON = [10, 10, 29, 46]  # IoU 37 / 40
OTHER_PERSON = [10, 10, 29, 37]  # IoU 28 / 40
BALL = [40, 40, 49, 49]
SAME_BALL = [40, 40, 49, 46]  # IoU 7 / 10
OTHER_BALL = [60, 40, 69, 49]


def group(rows, **kwargs):
    """rows: (sub_bbox, obj_bbox, verb, object, score)."""
    subs, objs, verbs, labels, scores = (np.array(x) for x in zip(*rows))
    return group_pairs(
        subs.astype(float), objs.astype(float), verbs, labels, scores,
        **kwargs)


@pytest.mark.parametrize('second, merged', [
    ((PERSON, BALL, 7, 3, .5), True),
    ((SAME_PERSON, SAME_BALL, 7, 3, .5), True),
    ((OTHER_PERSON, BALL, 7, 3, .5), False),
    ((PERSON, OTHER_BALL, 7, 3, .5), False),
    ((PERSON, BALL, 7, 4, .5), False),
])
def test_what_makes_a_pair(second, merged):
    pairs = group([(PERSON, BALL, 5, 3, .4), second])
    assert len(pairs) == (1 if merged else 2)
    # The better one comes first and gives score and boxes.
    assert pairs[0].score == .5
    np.testing.assert_array_equal(pairs[0].sub_bbox, second[0])
    np.testing.assert_array_equal(pairs[0].obj_bbox, second[1])
    assert pairs[0].verb_labels == ((7, 5) if merged else (7, ))


def test_thresholds():
    rows = [(PERSON, BALL, 5, 3, .4), (SAME_PERSON, SAME_BALL, 7, 3, .5)]
    assert len(group(rows, same_sub_iou=.95)) == 2
    assert len(group(rows, same_obj_iou=.75)) == 2


def test_persons_are_numbered_from_the_left():
    right, left = [50, 10, 69, 49], [5, 10, 24, 49]
    pairs = group([(right, BALL, 5, 3, .9), (left, BALL, 5, 3, .8),
                   (right, OTHER_BALL, 5, 3, .7)])
    assert [pair.person for pair in pairs] == [1, 0, 1]


def test_verbs_are_listed_once():
    pair, = group([(PERSON, BALL, 5, 3, .4), (SAME_PERSON, BALL, 7, 3, .3),
                   (SAME_PERSON, BALL, 5, 3, .2)])
    assert pair.verb_labels == (5, 7)


def test_without_scores_the_order_is_kept():
    boxes = np.array([PERSON, OTHER_PERSON], float)
    pairs = group_pairs(boxes, boxes, np.array([8, 2]), np.array([0, 0]))
    assert [pair.verb_labels for pair in pairs] == [(8, ), (2, )]
    assert pairs[0].score is None


def test_nothing():
    none, ids = np.zeros((0, 4)), np.zeros(0, int)
    assert group_pairs(none, none, ids, ids, ids / 1.) == []
