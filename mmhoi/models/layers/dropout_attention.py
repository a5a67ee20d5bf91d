# Copyright (c) mmhoi contributors.
from typing import Any, Optional, Tuple

import torch
from torch import Tensor
from torch.autograd import Function

from .keep_mask import random_keep_mask


def dropout_attention(query: Tensor,
                      key: Tensor,
                      value: Tensor,
                      attn_mask: Optional[Tensor] = None,
                      dropout_p: float = 0.) -> Tensor:
    """Attention with dropout for training on a CPU.

    PyTorch's fused attention of a CPU knows no dropout: with it, PyTorch keeps
    the weights before and after dropout and the mask as floats. Here the
    backward pass computes the weights once more, and the mask is of bytes.

    Args:
        query (Tensor): (B, H, Q, C), H heads.
        key (Tensor): (B, H, K, C).
        value (Tensor): (B, H, K, D).
        attn_mask (Tensor, optional): Added to the scaled products, can be
            broadcast to (B, H, Q, K); leaves each query a key. Defaults to
            None.
        dropout_p (float): Probability that a weight is dropped. Defaults to 0.

    Returns:
        Tensor: (B, H, Q, D).

    Examples:
        >>> query, key = torch.rand(2, 8, 5, 4), torch.rand(2, 8, 7, 4)
        >>> dropout_attention(query, key, key, dropout_p=0.1).shape
        torch.Size([2, 8, 5, 4])
    """
    return _DropoutAttention.apply(query, key, value, attn_mask, dropout_p)


class _DropoutAttention(Function):

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor,
                attn_mask: Optional[Tensor], p: float) -> Tensor:
        weights = _attention_weights(query, key, attn_mask)
        kept, ctx.scale = random_keep_mask(weights.shape, p)
        weights.mul_(kept)
        output = (weights.to(value.dtype) @ value).mul_(ctx.scale)
        ctx.save_for_backward(query, key, value, attn_mask, kept, output)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tuple[Optional[Tensor], ...]:
        query, key, value, attn_mask, kept, output = ctx.saved_tensors
        # What the softmax takes off each row of its gradient: the mean of the
        # row, weighted by the weights.
        mean = (gradient * output).sum(-1, keepdim=True)
        gradient = gradient * ctx.scale
        weights = _attention_weights(query, key, attn_mask)
        grad_scores = (gradient @ value.mT).float()
        grad_scores.mul_(kept)
        grad_scores.sub_(mean).mul_(weights).mul_(query.shape[-1]**-0.5)
        grad_scores = grad_scores.to(query.dtype)
        weights = weights.mul_(kept).to(value.dtype)
        return (grad_scores @ key, grad_scores.mT @ query,
                weights.mT @ gradient, None, None)


def _attention_weights(query: Tensor, key: Tensor,
                       attn_mask: Optional[Tensor]) -> Tensor:
    """Weights before dropout in float32, (B, H, Q, K)."""
    scores = ((query * query.shape[-1]**-0.5) @ key.mT).float()
    if attn_mask is not None:
        scores += attn_mask
    return torch.softmax(scores, -1, out=scores)
