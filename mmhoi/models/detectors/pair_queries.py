# Copyright (c) mmhoi contributors.
"""Learned queries of a query-based detector, which stand for pairs."""
from typing import Tuple

import torch
from torch import Tensor, nn

from mmhoi.registry import MODELS


@MODELS.register_module()
class SharedQueries(nn.Module):
    """One query for both members of a pair, as in QPIC.

    Args:
        num_queries (int): Number of pairs Q.
        embed_dims (int): Width D.

    Attributes:
        embedding (nn.Embedding): The queries, (Q, D).
    """

    def __init__(self, num_queries: int, embed_dims: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_queries, embed_dims)

    def reset_parameters(self) -> None:
        """Initialise; PyTorch's embedding is what DETR starts from."""

    def forward(self) -> Tensor:
        """Position embeddings of the decoder's queries, (Q, D)."""
        return self.embedding.weight

    @staticmethod
    def split(states: Tensor) -> Tuple[Tensor, Tensor]:
        """Human and object states of decoder states.

        Args:
            states (Tensor): Shape (..., Q, D).

        Returns:
            tuple[Tensor, Tensor]: The same states, twice.
        """
        return states, states


@MODELS.register_module()
class HumanObjectQueries(nn.Module):
    """A query for each member of a pair, as in GEN-VLKT and HOICLIP.

    GEN-VLKT, section "Guided embedding network": the two queries of a pair
    share a "position guided embedding".

    Args:
        num_queries (int): Number of pairs Q.
        embed_dims (int): Width D.

    Attributes:
        sub (nn.Embedding): Of humans, (Q, D).
        obj (nn.Embedding): Of objects, (Q, D).
        pair (nn.Embedding): Added to both: tells who belongs to whom, (Q, D).
    """

    def __init__(self, num_queries: int, embed_dims: int) -> None:
        super().__init__()
        self.sub = nn.Embedding(num_queries, embed_dims)
        self.obj = nn.Embedding(num_queries, embed_dims)
        self.pair = nn.Embedding(num_queries, embed_dims)

    def reset_parameters(self) -> None:
        """Initialise the pair embedding as GEN-VLKT does."""
        nn.init.uniform_(self.pair.weight)

    def forward(self) -> Tensor:
        """Position embeddings of the queries, humans first, (2Q, D)."""
        return torch.cat([
            self.sub.weight + self.pair.weight,
            self.obj.weight + self.pair.weight
        ])

    @staticmethod
    def split(states: Tensor) -> Tuple[Tensor, Tensor]:
        """Human and object states of decoder states.

        Args:
            states (Tensor): Shape (..., 2Q, D).

        Returns:
            tuple[Tensor, Tensor]: Humans and objects, (..., Q, D) each.
        """
        return states.chunk(2, dim=-2)
