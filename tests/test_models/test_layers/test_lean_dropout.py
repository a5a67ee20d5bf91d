# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmcv.cnn.bricks.drop import Dropout
from torch import nn

from mmhoi.models.layers import LeanDropout, random_keep_mask, use_lean_dropout


def make(layer):
    layers = nn.ModuleList([layer])
    use_lean_dropout(layers)
    return layers[0]


@pytest.mark.parametrize('layer', [nn.Dropout(0.4), Dropout(drop_prob=0.4)])
def test_drops_and_scales(layer):
    layer = make(layer)
    assert isinstance(layer, LeanDropout)
    torch.manual_seed(0)
    mask, scale = random_keep_mask((40, 30), 0.4)
    expected = mask * scale
    tensor = torch.rand(40, 30, requires_grad=True)
    torch.manual_seed(0)
    output = layer(tensor)
    torch.testing.assert_close(output, tensor * expected)
    weights = torch.rand(40, 30)
    (output * weights).sum().backward()
    torch.testing.assert_close(tensor.grad, weights * expected)


def test_type_stays():
    tensor = torch.rand(4, 4, dtype=torch.bfloat16)
    assert make(nn.Dropout(0.1))(tensor).dtype == torch.bfloat16


@pytest.mark.parametrize('p, kept', [(0., 1.), (1., 0.)])
def test_all_or_nothing(p, kept):
    assert torch.equal(
        make(nn.Dropout(p))(torch.ones(5)), torch.full((5, ), kept))


def test_nothing_in_evaluation():
    tensor = torch.rand(5)
    assert torch.equal(make(nn.Dropout(0.5)).eval()(tensor), tensor)


def test_keeps_a_byte_for_each_element():
    saved = []

    def keep(tensor):
        saved.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        make(nn.Dropout(0.1))(torch.rand(8, 8, requires_grad=True))
    assert [tensor.dtype for tensor in saved] == [torch.uint8]
