# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.evaluation.functional import area_ap, eleven_point_ap


@pytest.mark.parametrize('hits, num_gt, ap, recall', [
    ([1], 1, 1, 1),
    ([0, 1], 1, 1 / 2, 1),
    ([1, 0, 1], 2, (6 + 5 * 2 / 3) / 11, 1),
    ([1, 0, 0], 2, 6 / 11, 1 / 2),
    ([0, 0], 3, 0, 0),
    ([], 3, 0, 0),
    ([0, 0], 0, 0, np.nan),
    ([], 0, 0, np.nan),
])
def test_single_class(hits, num_gt, ap, recall):
    result = eleven_point_ap(
        np.zeros(len(hits), int), np.array(hits, bool), np.array([num_gt]))
    assert result[0] == pytest.approx([ap])
    assert result[1] == pytest.approx([recall], nan_ok=True)


@pytest.mark.parametrize('num_tp, num_gt, points', [(3, 5, (7, 6)),
                                                    (7, 10, (8, 7)),
                                                    (3, 10, (3, 3)),
                                                    (1, 2, (6, 6))])
def test_grids_differ_where_recall_ends_on_a_point(num_tp, num_gt, points):
    labels, is_tp = np.zeros(num_tp, int), np.ones(num_tp, bool)
    for grid, reached in zip(('matlab', 'numpy'), points):
        ap, _ = eleven_point_ap(labels, is_tp, np.array([num_gt]), grid)
        assert ap == pytest.approx([reached / 11])


def test_classes_do_not_mix():
    rng = np.random.RandomState(0)
    labels = np.sort(rng.choice([0, 2, 3, 6], 60))
    is_tp = rng.rand(60) < .4
    num_gt = np.array([30, 4, 25, 20, 0, 0, 30, 3])
    ap, recall = eleven_point_ap(labels, is_tp, num_gt)
    for label in range(8):
        mine = labels == label
        alone = eleven_point_ap(labels[mine] * 0, is_tp[mine], num_gt[[label]])
        np.testing.assert_array_equal(alone[0], ap[[label]])
        np.testing.assert_array_equal(alone[1], recall[[label]])


def test_unknown_grid():
    with pytest.raises(ValueError, match='allowed: matlab, numpy'):
        eleven_point_ap(
            np.zeros(0, int), np.zeros(0, bool), np.array([1]), 'coco')


@pytest.mark.parametrize('hits, num_gt, ap', [
    ([1, 1], 2, 1),
    ([1, 0, 1], 2, (1 + 2 / 3) / 2),
    ([0, 1, 1], 2, 2 / 3),
    ([1], 4, 1 / 4),
    ([0], 3, 0),
    ([], 3, 0),
    ([0], 0, np.nan),
])
def test_area(hits, num_gt, ap):
    # Between classes of other ids: they do not mix.
    labels = np.array([0] + [1] * len(hits) + [3])
    is_tp = np.array([1, *hits, 1], bool)
    result = area_ap(labels, is_tp, np.array([1, num_gt, 0, 2]))
    assert result == pytest.approx([1, ap, np.nan, .5], nan_ok=True)
