# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.evaluation.functional import (SIZE_RANGES, ap_by_size,
                                         evaluate_hico_det)
from mmhoi.structures import PairArrays

# Sides of squares: small, medium, large.
S, M, L = 20, 50, 200


def pairs(sides, images=None, scores=None, left=0):
    """Pairs of squares of HOI 0; all objects are small."""
    sides = np.array(sides, dtype=float)
    num = len(sides)
    images = np.zeros(num, int) if images is None else np.array(images)
    left = np.zeros(num) + left
    sub = np.stack((left, left * 0, left + sides - 1, sides - 1), 1)
    obj = np.tile([0., 0., 9., 9.], (num, 1))
    scores = None if scores is None else np.array(scores)
    return PairArrays(images, np.zeros(num, int), sub, obj, scores)


def ap_of(gt, det, box='sub'):
    return {
        name: float(result.ap[0])
        for name, result in ap_by_size(gt, det, box, num_hois=1).items()
    }


@pytest.mark.parametrize('side, name', [(1, 'small'), (31, 'small'),
                                        (32, 'medium'), (95, 'medium'),
                                        (96, 'large'), (5000, 'large')])
def test_bounds_are_those_of_coco(side, name):
    gt = pairs([side])
    sizes = ap_by_size(gt, pairs([side], scores=[.5]), 'sub', num_hois=1)
    assert list(sizes) == list(SIZE_RANGES) == ['small', 'medium', 'large']
    for key, size in sizes.items():
        expected = 1 if key == name else np.nan
        assert size.ap == pytest.approx([expected], nan_ok=True)
        assert size.num_gt == (key == name)


def test_other_box_decides():
    gt, det = pairs([L]), pairs([L], scores=[.5])
    nan = np.nan
    assert ap_of(gt, det, 'sub') == pytest.approx(
        dict(small=nan, medium=nan, large=1), nan_ok=True)
    assert ap_of(gt, det, 'obj') == pytest.approx(
        dict(small=1, medium=nan, large=nan), nan_ok=True)


@pytest.mark.parametrize(
    'sides, images, scores, expected',
    [
        # Everything is found, no range disturbs another.
        ([S, M, L], [0, 1, 2], [.9, .8, .7], (1, 1, 1)),
        # A false positive counts in the range of its own box only.
        ([M, S, M, L], [9, 0, 1, 2], [.95, .9, .8, .7], (1, 1 / 2, 1)),
        # The large pair is missed, its range has no detection.
        ([S, M], [0, 1], [.9, .8], (1, 1, 0)),
        # A second hit on the medium pair costs nothing elsewhere.
        ([M, M, S, L], [1, 1, 0, 2], [.9, .8, .7, .6], (1, 1, 1)),
    ])
def test_detections_count_in_one_range(sides, images, scores, expected):
    gt = pairs([S, M, L], [0, 1, 2])
    found = ap_of(gt, pairs(sides, images, scores))
    assert tuple(found.values()) == pytest.approx(expected)


def test_hit_counts_where_the_annotation_is():
    # 36 pixels hit a pair of 30 (IoU 0.69): small by its annotation.
    gt, det = pairs([30, 60], [0, 1]), pairs([36], [0], [.5])
    assert ap_of(gt, det) == pytest.approx(
        dict(small=1, medium=0, large=np.nan), nan_ok=True)


def test_duplicate_of_another_size_does_not_count():
    # The second hit on the small pair is medium itself: in no range.
    gt = pairs([30, 30, 60], [0, 1, 2])
    det = pairs([30, 36, 30, 60], [0, 0, 1, 2], [.9, .8, .7, .6])
    assert ap_of(gt, det) == pytest.approx(
        dict(small=1, medium=1, large=np.nan), nan_ok=True)


def test_one_range_equals_official():
    rng = np.random.RandomState(0)
    gt = pairs(rng.randint(10, 31, 40), rng.randint(0, 9, 40), left=0)
    det = pairs(
        rng.randint(5, 31, 200), rng.randint(0, 12, 200),
        rng.permutation(200) / 200)
    official = evaluate_hico_det(gt, det, num_hois=1).ap[0]
    assert 0 < official < 1
    assert ap_of(gt, det)['small'] == official


def test_unknown_box():
    with pytest.raises(ValueError, match='unknown box "human"; allowed: sub'):
        ap_by_size(pairs([S]), pairs([S], scores=[.5]), 'human', 1)
