# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.layers import dropout_attention, random_keep_mask

MASK = torch.zeros(2, 1, 1, 7)
MASK[0, ..., 4:] = -torch.inf


def plain_attention(query, key, value, attn_mask, p):
    """The same from single steps, which PyTorch can differentiate."""
    scores = query @ key.mT / query.shape[-1]**0.5
    if attn_mask is not None:
        scores = scores + attn_mask
    kept, scale = random_keep_mask(scores.shape, p)
    return (scores.softmax(-1) * kept * scale) @ value


def run(attention, dtype, mask, p):
    torch.manual_seed(0)
    inputs = [
        torch.randn(2, 4, length, 8).to(dtype).requires_grad_()
        for length in (5, 7, 7)
    ]
    weights = torch.randn(2, 4, 5, 8).to(dtype)
    torch.manual_seed(1)
    output = attention(*inputs, mask, p)
    return output, *torch.autograd.grad(output, inputs, weights)


@pytest.mark.parametrize('p', [0., 0.1, 0.6])
@pytest.mark.parametrize('mask', [None, MASK])
@pytest.mark.parametrize('dtype, tolerance', [(torch.float32, 5e-6),
                                              (torch.bfloat16, 5e-2)])
def test_outputs_and_gradients(dtype, tolerance, mask, p):
    expected = run(plain_attention, torch.float32, mask, p)
    for ours, plain in zip(run(dropout_attention, dtype, mask, p), expected):
        assert ours.dtype == dtype
        torch.testing.assert_close(
            ours.float(), plain, rtol=tolerance, atol=tolerance)


def test_keeps_no_weights():
    saved = []

    def keep(tensor):
        saved.append(tensor)
        return tensor

    query = torch.rand(1, 2, 50, 4, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x):
        dropout_attention(query, query, query, dropout_p=0.1)
    large = [tensor.dtype for tensor in saved if tensor.numel() >= 50 * 50]
    assert large == [torch.uint8]
