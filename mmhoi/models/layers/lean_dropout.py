# Copyright (c) mmhoi contributors.
from typing import Any, Tuple

import torch
from torch import Tensor, nn
from torch.autograd import Function

from .keep_mask import random_keep_mask


class LeanDropout(nn.Dropout):
    """`torch.nn.Dropout` with a cheaper mask when it trains on a CPU.

    See `random_keep_mask`. Elsewhere it is PyTorch's.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements in training.

        Args:
            input (Tensor): Any shape.

        Returns:
            Tensor: Of the same shape.
        """
        if not (self.training and draws_lean_masks(input, self.p)):
            return super().forward(input)
        return _Dropout.apply(input, self.p)


def draws_lean_masks(tensor: Tensor, p: float) -> bool:
    """Whether a dropout of this tensor takes `random_keep_mask`."""
    return (0 < p < 1 and tensor.device.type == 'cpu'
            and not torch.compiler.is_compiling())


def use_lean_dropout(module: nn.Module) -> None:
    """Have all dropout layers of a module draw cheaper masks on a CPU.

    Args:
        module (nn.Module): Changed in place.

    Examples:
        >>> layers = nn.Sequential(nn.Dropout(0.1))
        >>> use_lean_dropout(layers)
        >>> type(layers[0]).__name__
        'LeanDropout'
    """
    for layer in module.modules():
        # Also mmcv's, which only names an argument otherwise.
        if isinstance(layer, nn.Dropout):
            layer.__class__ = LeanDropout


class _Dropout(Function):
    """Dropout that keeps its mask alone for the backward pass."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor, p: float) -> Tensor:
        mask, ctx.scale = random_keep_mask(tensor.shape, p)
        ctx.save_for_backward(mask)
        return (tensor * mask).mul_(ctx.scale)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tuple[Tensor, None]:
        mask, = ctx.saved_tensors
        return (gradient * mask).mul_(ctx.scale), None
