# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.heads import CombinationScores, PairSelector

IMPOSSIBLE = float('-inf')
HOI_VERBS = torch.tensor([5, 6, 5])
BOXES = torch.tensor([[0., 0., 10., 10.], [0., 0., 10., 11.],
                      [50., 50., 90., 90.]])


def select(scores, boxes=BOXES, **options):
    """Predictions of three pairs and three HOIs; other tables tell whose."""
    scores = torch.tensor(scores)
    index = torch.arange(9.).reshape(3, 3)
    combinations = CombinationScores(scores, index / 10, index / 100,
                                     index.long() + 20)
    return PairSelector(**options)(combinations, HOI_VERBS, boxes, boxes + 1,
                                   torch.tensor([7, 8, 9]))


SCORES = [[.1, .9, .2], [.3, .8, IMPOSSIBLE], [.7, .4, .5]]


def test_every_field_is_of_the_same_combination():
    pred = select(SCORES, max_per_img=4)
    assert pred.query_inds.tolist() == [0, 1, 2, 2]
    assert pred.labels.tolist() == [1, 1, 0, 2]
    assert pred.verb_labels.tolist() == [6, 6, 5, 5]
    assert pred.obj_labels.tolist() == [21, 24, 26, 28]
    assert pred.top_obj_labels.tolist() == [7, 8, 9, 9]
    torch.testing.assert_close(pred.scores, torch.tensor([.9, .8, .7, .5]))
    torch.testing.assert_close(pred.confidences, torch.tensor([.1, .4, .6,
                                                               .8]))
    torch.testing.assert_close(pred.obj_scores,
                               torch.tensor([.01, .04, .06, .08]))
    assert torch.equal(pred.sub_bboxes, BOXES[[0, 1, 2, 2]])
    assert torch.equal(pred.obj_bboxes, BOXES[[0, 1, 2, 2]] + 1)


@pytest.mark.parametrize('max_per_img, number', [(1, 1), (8, 8), (9, 8),
                                                 (99, 8), (None, 8)])
def test_what_is_impossible_is_left_out(max_per_img, number):
    pred = select(SCORES, max_per_img=max_per_img)
    assert len(pred) == number
    assert pred.scores.isfinite().all()
    assert (pred.scores.diff() <= 0).all()


def test_nothing_is_possible():
    assert len(select([[IMPOSSIBLE] * 3] * 3)) == 0


def test_equal_scores_fill_the_limit():
    pred = select([[.5] * 3] * 3, max_per_img=4)
    assert pred.scores.tolist() == [.5] * 4
    combinations = pred.query_inds * 3 + pred.labels
    assert len(combinations.unique()) == 4
    # Rows of the other tables are those of the combination.
    assert torch.equal(pred.obj_labels, combinations + 20)


def test_scores_that_are_no_numbers_are_not_hidden():
    pred = select([[float('nan'), .5, .5]] + [[.1] * 3] * 2, max_per_img=3)
    assert pred.scores.isnan().sum() == 1


def test_pair_nms():
    """Of two pairs that overlap the better one stays, per HOI."""
    nms = dict(iou_thr=0.7, sub_power=1.0, obj_power=0.5)
    pred = select(SCORES, max_per_img=None, pair_nms=nms)
    kept = set(zip(pred.query_inds.tolist(), pred.labels.tolist()))
    assert kept == {(0, 1), (1, 0), (0, 2), (2, 0), (2, 1), (2, 2)}
    assert (pred.scores.diff() <= 0).all()
    apart = BOXES + torch.tensor([[0.], [100.], [200.]])
    assert len(select(SCORES, apart, max_per_img=None, pair_nms=nms)) == 8
