# Copyright (c) mmhoi contributors.
import pytest
import torch
from torch import nn

from mmhoi.checkpoints.no_random_init import NoRandomInit


@pytest.mark.parametrize('build', [
    lambda: nn.Linear(3, 4),
    lambda: nn.Conv2d(3, 4, 2),
    lambda: nn.Embedding(3, 4),
    lambda: nn.MultiheadAttention(4, 2),
    lambda: torch.empty(3).uniform_(-1, 1),
])
def test_nothing_is_drawn(build):
    before = torch.get_rng_state()
    with NoRandomInit():
        build()
    assert torch.get_rng_state().equal(before)
    build()
    assert not torch.get_rng_state().equal(before)


def test_constants_are_set():
    with NoRandomInit():
        norm = nn.BatchNorm2d(2)
    assert norm.weight.tolist() == norm.running_var.tolist() == [1, 1]
    assert norm.bias.tolist() == norm.running_mean.tolist() == [0, 0]
