# Copyright (c) mmhoi contributors.
from typing import Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PositionedAttention(nn.Module):
    """Attention whose positions have projections of their own.

    Written by hand: PyTorch's attention projects the sum of content and
    position by one matrix, and has no positions beside the content.

    Args:
        embed_dims (int): Width of queries and output.
        key_dims (int): Width of keys.
        query_pos_dims (int): Width of the queries' positions.
        key_pos_dims (int): Width of the keys' positions.
        num_heads (int): Number of heads.
        concat (bool): Whether the positions are further channels of each head
            rather than added to it.

    Raises:
        ValueError: If the width is no multiple of the heads.
    """

    def __init__(self, embed_dims: int, key_dims: int, query_pos_dims: int,
                 key_pos_dims: int, num_heads: int, concat: bool) -> None:
        super().__init__()
        if embed_dims % num_heads:
            raise ValueError(f'width {embed_dims} of the attention is no '
                             f'multiple of num_heads={num_heads}')
        self.num_heads = num_heads
        self.concat = concat
        self.query = nn.Linear(embed_dims, embed_dims)
        self.key = nn.Linear(key_dims, embed_dims)
        self.value = nn.Linear(key_dims, embed_dims)
        self.query_pos = nn.Linear(query_pos_dims, embed_dims)
        self.key_pos = nn.Linear(key_pos_dims, embed_dims)
        self.out = nn.Linear(embed_dims, embed_dims)

    def forward(self, queries: Tensor, keys: Tensor, query_pos: Tensor,
                key_pos: Tensor, padding: Optional[Tensor]) -> Tensor:
        """Attend.

        Args:
            queries (Tensor): Shape (B, Q, D).
            keys (Tensor): Shape (B, K, C).
            query_pos (Tensor): Shape (B, Q, P).
            key_pos (Tensor): Shape (B, K, S).
            padding (Tensor, optional): True at keys that are none, bool,
                shape (B, K).

        Returns:
            Tensor: Shape (B, Q, D).
        """
        query = self._join(self.query(queries), self.query_pos(query_pos))
        key = self._join(self.key(keys), self.key_pos(key_pos))
        mask = None if padding is None else ~padding[:, None, None]
        out = F.scaled_dot_product_attention(
            query, key, self._split(self.value(keys)), attn_mask=mask)
        return self.out(out.transpose(1, 2).flatten(2))

    def _join(self, content: Tensor, position: Tensor) -> Tensor:
        if not self.concat:
            return self._split(content + position)
        return torch.cat([self._split(content), self._split(position)], -1)

    def _split(self, values: Tensor) -> Tensor:
        """Heads first, shape (B, heads, rows, channels)."""
        return values.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


def feed_forward(embed_dims: int, dropout: float) -> nn.Sequential:
    """Feed-forward part of PViC's layers, four times as wide inside.

    Args:
        embed_dims (int): Width.
        dropout (float): Probability after the ReLU.

    Returns:
        nn.Sequential: The part.
    """
    return nn.Sequential(
        nn.Linear(embed_dims, 4 * embed_dims), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(4 * embed_dims, embed_dims))
