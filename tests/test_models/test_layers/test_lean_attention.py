# Copyright (c) mmhoi contributors.
from copy import deepcopy

import pytest
import torch
from torch import nn

from mmhoi.models.layers import LeanMultiheadAttention, use_lean_attention

MASK = torch.tensor([[False, False, True, True, True], [False] * 5])


@pytest.fixture
def layers():
    """PyTorch's layer and the same one without weights."""
    torch.manual_seed(0)
    plain = nn.MultiheadAttention(16, 4, batch_first=True)
    lean = nn.ModuleList([deepcopy(plain)])
    use_lean_attention(lean)
    return plain, lean[0]


@pytest.fixture
def tokens():
    return torch.randn(2, 3, 16), torch.randn(2, 5, 16), torch.randn(2, 5, 16)


@pytest.mark.parametrize('mask', [None, MASK])
def test_same_outputs_and_gradients(layers, tokens, mask):
    results = []
    for layer in layers:
        output, _ = layer(*tokens, key_padding_mask=mask)
        output.square().sum().backward()
        results.append((output, layer.in_proj_weight.grad))
    for plain, lean in zip(*results):
        torch.testing.assert_close(lean, plain, rtol=1e-4, atol=1e-6)


def test_weights_only_when_asked_for(layers, tokens):
    plain, lean = layers
    assert lean(*tokens)[1] is None
    weights = lean(*tokens, need_weights=True)[1]
    torch.testing.assert_close(weights, plain(*tokens)[1])


def test_parameters_stay(layers):
    plain, lean = layers
    assert isinstance(lean, LeanMultiheadAttention)
    assert list(lean.state_dict()) == list(plain.state_dict())
    plain.in_proj_weight.requires_grad_(False)
    use_lean_attention(plain)
    assert not plain.in_proj_weight.requires_grad


@pytest.mark.parametrize('batch_first', [True, False])
def test_dropout_in_training(batch_first):
    torch.manual_seed(0)
    lean = nn.MultiheadAttention(16, 4, dropout=0.3, batch_first=batch_first)
    plain = deepcopy(lean)
    use_lean_attention(lean)
    tokens = torch.randn(2, 5, 16)
    inputs = tokens if batch_first else tokens.transpose(0, 1)

    def outputs(layer):
        return torch.stack([
            layer(
                inputs,
                inputs,
                inputs,
                key_padding_mask=MASK,
                need_weights=False)[0] for _ in range(4000)
        ])

    ours, expected = outputs(lean), outputs(plain)
    # Both are random: their means and spreads are the same.
    torch.testing.assert_close(
        ours.mean(0), expected.mean(0), rtol=0, atol=.02)
    torch.testing.assert_close(
        ours.std(0), expected.std(0), rtol=0.2, atol=.02)
    lean.eval(), plain.eval()
    torch.testing.assert_close(
        lean(inputs, inputs, inputs, key_padding_mask=MASK)[0],
        plain(inputs, inputs, inputs, key_padding_mask=MASK)[0])


def test_float_mask_as_in_pytorch(layers, tokens):
    mask = torch.tensor([[0., -1., 2., 0., 0.], [0.] * 5])
    plain, lean = layers
    torch.testing.assert_close(
        lean(*tokens, key_padding_mask=mask)[0],
        plain(*tokens, key_padding_mask=mask)[0])
