# Copyright (c) mmhoi contributors.
import math
from typing import Tuple

import torch
from torch import Tensor, nn


class CooperativeLayer(nn.Module):
    """Encoder layer in which the boxes of an image inform each other.

    UPT's modified encoder layer: what a box j hears from a box i, and how
    loud, is modulated by how the two lie to each other. A box hears itself,
    too. Symbols: B images, N boxes, D width of the boxes' tokens, R width of
    the pairs' encodings, split into heads.

    The official layer also weighs box j and has a bias in its attention;
    both cancel in the softmax over i and are left out.

    Args:
        embed_dims (int): Width D.
        pair_dims (int): Width R.
        num_heads (int): Number of heads. Defaults to 8.
        dropout (float): Probability after both parts. Defaults to 0.1.

    Raises:
        ValueError: If R is no multiple of the number of heads.
    """

    def __init__(self,
                 embed_dims: int,
                 pair_dims: int,
                 num_heads: int = 8,
                 dropout: float = 0.1) -> None:
        super().__init__()
        if pair_dims % num_heads:
            raise ValueError(f'pair_dims={pair_dims} is no multiple of '
                             f'num_heads={num_heads}')
        self.num_heads = num_heads
        head_dims = pair_dims // num_heads
        self.unary = nn.Linear(embed_dims, pair_dims)
        self.pairwise = nn.Linear(pair_dims, pair_dims)
        # Rows of a linear layer for each head.
        self.unary_attention = nn.Parameter(torch.empty(num_heads, head_dims))
        self.pair_attention = nn.Parameter(torch.empty(num_heads, head_dims))
        self.message = nn.Parameter(
            torch.empty(num_heads, head_dims, head_dims))
        self.message_bias = nn.Parameter(torch.empty(num_heads, head_dims))
        self.aggregate = nn.Linear(pair_dims, embed_dims)
        self.norm1 = nn.LayerNorm(embed_dims)
        self.ffn = nn.Sequential(
            nn.Linear(embed_dims, 4 * embed_dims), nn.GELU(),
            nn.Linear(4 * embed_dims, embed_dims))
        self.norm2 = nn.LayerNorm(embed_dims, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialise the heads as linear layers of their width."""
        head_dims = self.message.shape[-1]
        # UPT's attention has three inputs of that width.
        for weight, fan_in in ((self.unary_attention, 3 * head_dims),
                               (self.pair_attention, 3 * head_dims),
                               (self.message, head_dims), (self.message_bias,
                                                           head_dims)):
            nn.init.uniform_(weight, -1 / math.sqrt(fan_in),
                             1 / math.sqrt(fan_in))

    def forward(self, tokens: Tensor, pairs: Tensor,
                padding: Tensor) -> Tensor:
        """Update the tokens of the boxes.

        Args:
            tokens (Tensor): Shape (B, N, D).
            pairs (Tensor): Encoding of boxes i and j at [:, i, j], shape
                (B, N, N, R).
            padding (Tensor): True where there is no box, bool, shape (B, N).

        Returns:
            Tensor: Shape (B, N, D).
        """
        unary, pairs = self.split_heads(tokens, pairs)
        weights = self.attention(unary, pairs, padding)
        # The message is linear and the weights of a box add up to 1: first
        # the mean, then the message.
        heard = (weights.unsqueeze(-1) * pairs * unary.unsqueeze(2)).sum(1)
        heard = torch.einsum('bjhl,hkl->bjhk', heard,
                             self.message) + self.message_bias
        update = self.aggregate(heard.flatten(-2).relu())
        tokens = self.norm1(tokens + self.dropout(update))
        return self.norm2(tokens + self.dropout(self.ffn(tokens)))

    def split_heads(self, tokens: Tensor, pairs: Tensor) -> Tuple[Tensor, ...]:
        """Project to heads: (B, N, heads, l) and (B, N, N, heads, l)."""
        return tuple(
            layer(value).relu().unflatten(-1, (self.num_heads, -1))
            for layer, value in ((self.unary, tokens), (self.pairwise, pairs)))

    def attention(self, unary: Tensor, pairs: Tensor,
                  padding: Tensor) -> Tensor:
        """How much box j hears from box i.

        Args:
            unary (Tensor): Shape (B, N, heads, l).
            pairs (Tensor): Shape (B, N, N, heads, l).
            padding (Tensor): As in `forward`.

        Returns:
            Tensor: Adds up to 1 over i, shape (B, i, j, heads).
        """
        logits = (pairs * self.pair_attention).sum(-1) + (
            unary * self.unary_attention).sum(-1).unsqueeze(2)
        logits = logits.masked_fill(padding[..., None, None], float('-inf'))
        return logits.softmax(1)
