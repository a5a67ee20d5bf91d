# Copyright (c) mmhoi contributors.
from typing import Optional

from torch import Tensor, nn

from .attention import PositionedAttention, feed_forward


class PairDecoderLayer(nn.Module):
    """Post-norm decoder layer whose queries are pairs of boxes (PViC).

    Args:
        embed_dims (int): Width R of the queries.
        box_dims (int): Width D of the keys and of a box's centre.
        num_heads (int): Number of heads.
        dropout (float): Probability inside of the feed-forward part.
    """

    def __init__(self, embed_dims: int, box_dims: int, num_heads: int,
                 dropout: float) -> None:
        super().__init__()
        self.self_attn = PositionedAttention(embed_dims, embed_dims,
                                             4 * box_dims, 4 * box_dims,
                                             num_heads, False)
        self.norm1 = nn.LayerNorm(embed_dims)
        self.cross_attn = PositionedAttention(embed_dims, box_dims,
                                              2 * box_dims, box_dims,
                                              num_heads, True)
        self.norm2 = nn.LayerNorm(embed_dims)
        self.ffn = feed_forward(embed_dims, dropout)
        self.norm3 = nn.LayerNorm(embed_dims)

    def forward(self, queries: Tensor, keys: Tensor, box_pos: Tensor,
                centre_pos: Tensor, key_pos: Tensor, padding: Tensor,
                key_padding: Optional[Tensor]) -> Tensor:
        """Let pairs look at each other and at the image.

        Args:
            queries (Tensor): Of M pairs, shape (B, M, R).
            keys (Tensor): Of the image, shape (B, K, D).
            box_pos (Tensor): Where both boxes are, shape (B, M, 4D).
            centre_pos (Tensor): Modulated centres, shape (B, M, 2D).
            key_pos (Tensor): Where the keys are, shape (B, K, D).
            padding (Tensor): True at rows that are no pair, bool, (B, M).
            key_padding (Tensor, optional): True at padding of the image,
                bool, (B, K).

        Returns:
            Tensor: Shape (B, M, R).
        """
        queries = self.norm1(
            queries +
            self.self_attn(queries, queries, box_pos, box_pos, padding))
        queries = self.norm2(
            queries +
            self.cross_attn(queries, keys, centre_pos, key_pos, key_padding))
        return self.norm3(queries + self.ffn(queries))
