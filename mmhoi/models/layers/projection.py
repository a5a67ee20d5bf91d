# Copyright (c) mmhoi contributors.
from torch import nn


def linear_norm(in_dims: int, out_dims: int) -> nn.Sequential:
    """A linear layer and a LayerNorm, from one width to another.

    Args:
        in_dims (int): Width of the input.
        out_dims (int): Width of the output.

    Returns:
        nn.Sequential: The two layers.

    Examples:
        >>> import torch
        >>> linear_norm(4, 8)(torch.rand(2, 3, 4)).shape
        torch.Size([2, 3, 8])
    """
    return nn.Sequential(nn.Linear(in_dims, out_dims), nn.LayerNorm(out_dims))
