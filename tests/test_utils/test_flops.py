# Copyright (c) mmhoi contributors.
import pytest
import torch
from torch import nn

from mmhoi.utils.flops import count_flops

N, DIMS = 6, 16
#: Projections to query, key, value and output; similarities and sums.
ATTENTION = 2 * (4 * N * DIMS * DIMS + 2 * N * N * DIMS)


@pytest.mark.parametrize('training', [True, False])
def test_fused_attention_is_counted(training):
    layer = nn.MultiheadAttention(DIMS, 2, batch_first=True).train(training)
    x = torch.ones(1, N, DIMS)
    with torch.no_grad():
        counts = count_flops(lambda: layer(x, x, x, need_weights=False))
    assert counts['Global'] == ATTENTION
    assert torch.backends.mha.get_fastpath_enabled()


def test_backward_and_parts():
    model = nn.Sequential(nn.Linear(4, 8), nn.Conv1d(3, 5, 1))
    x = torch.ones(2, 3, 4)
    counts = count_flops(lambda: model(x).sum().backward())
    # Gradients of weights, and of what is no input of the whole.
    linear, conv = 2 * 2 * 3 * 4 * 8, 2 * 2 * 3 * 5 * 8
    assert counts['Global'] == 2 * linear + 3 * conv
    assert counts['Sequential.0'] == 2 * linear


def test_what_is_not_counted():
    assert count_flops(lambda: torch.ones(3) + 1) == dict(Global=0)
