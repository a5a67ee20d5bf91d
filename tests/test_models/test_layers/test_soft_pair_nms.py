# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.layers import soft_pair_nms

BOX = torch.tensor([[0., 0., 10., 10.], [0., 0., 10., 5.],
                    [40., 40., 50., 50.]])
NONE = float('-inf')


@pytest.mark.parametrize(
    'scores, wanted',
    [
        ([.9, .8, .7], [.9, .4, .7]),
        ([.8, .9, .7], [.4, .9, .7]),
        ([NONE, .8, .7], [NONE, .8, .7]),
        ([NONE, NONE, NONE], [NONE, NONE, NONE]),
        # Too small: dropped, but not the last one.
        ([.9, .01, .008], [.9, NONE, NONE]),
        ([.9, .01, NONE], [.9, .005, NONE]),
    ])
def test_scores(scores, wanted):
    subs = BOX[[0, 0, 0]]
    out = soft_pair_nms(subs, BOX, torch.tensor([scores] * 2).T, 0.01)
    for column in out.T:
        assert column.tolist() == pytest.approx(wanted)


def test_nothing():
    none = torch.zeros(0, 4)
    assert soft_pair_nms(none, none, torch.zeros(0, 3)).shape == (0, 3)
