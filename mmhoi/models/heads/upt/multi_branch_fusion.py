# Copyright (c) mmhoi contributors.
import math

import torch
from torch import Tensor, nn


class MultiBranchFusion(nn.Module):
    """Fuses what a pair looks like with how its boxes lie (SCG, UPT).

    Products in a number of small spaces, the branches, each projected back
    and added up. Side by side the branches are one layer; only their last
    biases stay apart, as they are trained: so the sum of them is learned
    faster than a single bias would be.

    Args:
        appearance_dims (int): Width A of the appearance.
        spatial_dims (int): Width S of the encoding of the boxes.
        out_dims (int): Width R of the result.
        num_branches (int): Number of branches. Defaults to 16.

    Raises:
        ValueError: If R is no multiple of the number of branches.
    """

    def __init__(self,
                 appearance_dims: int,
                 spatial_dims: int,
                 out_dims: int,
                 num_branches: int = 16) -> None:
        super().__init__()
        if out_dims % num_branches:
            raise ValueError(f'out_dims={out_dims} is no multiple of '
                             f'num_branches={num_branches}')
        self.fc1 = nn.Linear(appearance_dims, out_dims)
        self.fc2 = nn.Linear(spatial_dims, out_dims)
        self.fc3 = nn.Linear(out_dims, out_dims, bias=False)
        self.fc3_bias = nn.Parameter(torch.empty(num_branches, out_dims))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialise the last layer as linear layers of a branch's width."""
        num_branches, out_dims = self.fc3_bias.shape
        bound = 1 / math.sqrt(out_dims // num_branches)
        for weight in (self.fc3.weight, self.fc3_bias):
            nn.init.uniform_(weight, -bound, bound)

    def forward(self, appearance: Tensor, spatial: Tensor) -> Tensor:
        """Fuse both.

        Args:
            appearance (Tensor): Shape (..., A).
            spatial (Tensor): Shape (..., S).

        Returns:
            Tensor: Not negative, shape (..., R).
        """
        product = (self.fc1(appearance) * self.fc2(spatial)).relu()
        return (self.fc3(product) + self.fc3_bias.sum(0)).relu()
