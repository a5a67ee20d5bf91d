# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.evaluation.functional import (ERRORS, analyze_errors,
                                         evaluate_hico_det)
from mmhoi.structures import PairArrays

# HOIs 0 and 1 are two verbs with object 0, HOI 2 has object 1.
HOI_TO_OBJECT = np.array([0, 0, 1])
# Subject and object of the annotated pair; then boxes that overlap one of
# them by 0.8, by 0.3, and not at all.
RIGHT, GOOD, NEAR, FAR = ([left, 0, left + 9, 9] for left in (0, 1, 5, 50))


def pairs(rows, with_scores=True):
    """Pairs from (image, hoi, subject box, object box), best first."""
    images, labels, sub, obj = zip(*rows)
    return PairArrays(
        np.array(images), np.array(labels), np.array(sub, float),
        np.array(obj, float),
        np.linspace(1, .5, len(rows)) if with_scores else None)


GT = pairs([(0, 0, RIGHT, RIGHT)], with_scores=False)


@pytest.mark.parametrize(
    'row, kind',
    [
        ((0, 0, NEAR, RIGHT), 'wrong_box'),
        ((0, 0, NEAR, NEAR), 'wrong_box'),
        ((0, 0, FAR, RIGHT), 'wrong_box'),
        ((0, 0, GOOD, FAR), 'wrong_box'),
        ((0, 0, FAR, NEAR), 'background'),
        ((0, 0, FAR, FAR), 'background'),
        ((1, 0, RIGHT, RIGHT), 'background'),  # in another image
        ((0, 1, RIGHT, GOOD), 'wrong_verb'),
        ((0, 1, RIGHT, NEAR), 'background'),
        ((0, 2, GOOD, GOOD), 'wrong_object'),
        ((0, 2, FAR, RIGHT), 'background'),
    ])
def test_kind_of_one_detection(row, kind):
    errors = analyze_errors(GT, pairs([row]), HOI_TO_OBJECT)
    counts = {name: int(errors.counts[name][row[1]]) for name in ERRORS[:-1]}
    assert counts == {name: int(name == kind) for name in ERRORS[:-1]}
    is_missed = kind == 'background'
    assert errors.counts['missed'].tolist() == [int(is_missed), 0, 0]
    # The only pair is not found: its whole AP is lost to that error.
    lost = {name: errors.lost_ap[name][0] for name in ERRORS}
    culprit = 'missed' if is_missed else kind
    assert lost == pytest.approx(
        {name: float(name == culprit)
         for name in ERRORS})
    assert errors.shares([0, 1, 2])[culprit] == pytest.approx(1)


def test_first_kind_that_fits():
    # Its own pair is near, but the other verb's pair is hit.
    gt = pairs([(0, 0, RIGHT, RIGHT), (0, 1, NEAR, NEAR)], with_scores=False)
    det = pairs([(0, 0, NEAR, NEAR)])
    errors = analyze_errors(gt, det, HOI_TO_OBJECT)
    assert errors.counts['wrong_verb'].tolist() == [1, 0, 0]
    # Corrected, it finds the pair of HOI 1; that of HOI 0 is missed.
    assert errors.lost_ap['wrong_verb'][:2] == pytest.approx([0, 1])
    assert errors.counts['missed'].tolist() == [1, 0, 0]


@pytest.mark.parametrize('row, kind', [((0, 0, GOOD, GOOD), 'duplicate'),
                                       ((0, 0, FAR, RIGHT), 'wrong_box'),
                                       ((0, 0, FAR, FAR), 'background')])
def test_false_positive_between_two_hits(row, kind):
    gt = pairs([(0, 0, RIGHT, RIGHT), (1, 0, RIGHT, RIGHT)], False)
    det = pairs([(0, 0, RIGHT, RIGHT), row, (1, 0, RIGHT, RIGHT)])
    errors = analyze_errors(gt, det, HOI_TO_OBJECT)
    # Precision 2/3 instead of 1 at 5 of the 11 recalls.
    assert errors.ap == pytest.approx([1 - 5 / 33, np.nan, np.nan],
                                      nan_ok=True)
    assert errors.lost_ap[kind][0] == pytest.approx(5 / 33)
    assert errors.shares([0, 1])[kind] == pytest.approx(1)
    assert errors.counts['missed'].sum() == 0


def test_best_of_several_wrong_detections_is_corrected():
    det = pairs([(0, 0, FAR, FAR), (0, 0, NEAR, RIGHT), (0, 0, NEAR, RIGHT)])
    errors = analyze_errors(GT, det, HOI_TO_OBJECT)
    assert errors.counts['wrong_box'][0] == 2
    # Second place after the background, which the next step removes.
    assert errors.lost_ap['wrong_box'][0] == pytest.approx(1 / 2)
    assert errors.lost_ap['background'][0] == pytest.approx(1 / 2)


def test_nothing_is_lost():
    errors = analyze_errors(GT, pairs([(0, 0, GOOD, GOOD)]), HOI_TO_OBJECT)
    assert errors.ap[0] == pytest.approx(1)
    assert all(np.isnan(share) for share in errors.shares([0]).values())


def random_pairs(rng, num, scores=None):
    top_left = rng.randint(0, 4, (2, num, 2)) * 5
    sub, obj = np.concatenate((top_left, top_left + 14), 2)
    return PairArrays(
        rng.randint(0, 5, num), rng.randint(0, 3, num), sub, obj, scores)


@pytest.mark.parametrize('seed', range(5))
def test_parts_add_up(seed):
    rng = np.random.RandomState(seed)
    gt = random_pairs(rng, 40)
    det = random_pairs(rng, 200, rng.permutation(200) / 200)
    errors = analyze_errors(gt, det, HOI_TO_OBJECT)
    official = evaluate_hico_det(gt, det, num_hois=3)
    np.testing.assert_array_equal(errors.ap, official.ap)
    assert sum(errors.lost_ap.values()) == pytest.approx(1 - errors.ap)
    assert all((lost >= 0).all() for lost in errors.lost_ap.values())
    assert sum(errors.shares([0, 1, 2]).values()) == pytest.approx(1)
    num_hits = np.round(official.recall * official.num_gt)
    num_false = sum(errors.counts[name] for name in ERRORS[:-1])
    np.testing.assert_array_equal(num_hits + num_false, official.num_det)


def test_no_detections():
    errors = analyze_errors(GT,
                            pairs([(0, 0, FAR, FAR)]).select([]),
                            HOI_TO_OBJECT)
    assert errors.shares([0])['missed'] == pytest.approx(1)
    assert errors.counts['missed'].tolist() == [1, 0, 0]
