# Copyright (c) mmhoi contributors.
from typing import Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class GraphAttention(nn.Module):
    r"""A layer of a graph attention network, with a projected residual.

    .. math::

        h = x W,\quad
        \alpha_{ij} = \mathrm{softmax}_{j \in N(i)}
            \mathrm{LeakyReLU}_{0.2}(h_i a + h_j b),\quad
        y_i = \sum_j \alpha_{ij} h_j + x_i R

    in each of the heads. Inner layers join the heads and normalise over the
    nodes; the last one takes the heads' mean.

    Args:
        in_dims (int): Width of the input.
        out_dims (int): Width of the output, of all heads together.
        num_heads (int): Number of heads.
        is_last (bool): Whether the heads' mean is taken instead, without
            normalisation; each head has `out_dims` then. Defaults to False.

    Raises:
        ValueError: If the heads do not divide the output.
    """

    def __init__(self,
                 in_dims: int,
                 out_dims: int,
                 num_heads: int,
                 is_last: bool = False) -> None:
        super().__init__()
        if not is_last and out_dims % num_heads:
            raise ValueError(f'graph: a layer of width {out_dims} cannot have '
                             f'{num_heads} heads; allowed: divisors of it')
        width = out_dims if is_last else out_dims // num_heads
        self.num_heads = num_heads
        self.weight = nn.Parameter(torch.empty(num_heads, in_dims, width))
        self.to_node = nn.Parameter(torch.empty(num_heads, width, 1))
        self.from_node = nn.Parameter(torch.empty(num_heads, width, 1))
        self.residual = nn.Parameter(torch.empty(in_dims, num_heads * width))
        self.bias = nn.Parameter(torch.zeros(out_dims)) if is_last else None
        self.norm: Optional[nn.Module] = None
        if not is_last:
            self.norm = nn.BatchNorm1d(out_dims)
        self.init_weights()

    def init_weights(self) -> None:
        """Xavier, each head on its own."""
        for table in (self.weight, self.to_node, self.from_node):
            for head in table:
                nn.init.xavier_uniform_(head)
        nn.init.xavier_uniform_(self.residual)

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """Let nodes see their neighbours.

        Args:
            nodes (Tensor): Shape (N, C).
            edges (Tensor): Which nodes are neighbours, bool, shape (N, N);
                each node has one at least.

        Returns:
            Tensor: Shape (N, C').
        """
        hidden = torch.einsum('nc,hcd->hnd', nodes, self.weight)
        logits = F.leaky_relu(
            hidden @ self.to_node + (hidden @ self.from_node).mT, 0.2)
        attention = logits.masked_fill(~edges, float('-inf')).softmax(-1)
        seen = (attention @ hidden).transpose(0, 1)
        seen = seen + (nodes @ self.residual).view_as(seen)
        if self.norm is None:
            return seen.mean(1) + self.bias
        return F.relu(self.norm(seen.flatten(1)))
