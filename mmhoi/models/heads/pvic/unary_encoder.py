# Copyright (c) mmhoi contributors.
from torch import Tensor, nn

from .attention import PositionedAttention, feed_forward


class UnaryEncoderLayer(nn.Module):
    """Post-norm encoder layer over the boxes of an image (PViC).

    Args:
        embed_dims (int): Width D of the boxes' tokens.
        num_heads (int): Number of heads.
        dropout (float): Probability inside of the feed-forward part.
    """

    def __init__(self, embed_dims: int, num_heads: int,
                 dropout: float) -> None:
        super().__init__()
        self.self_attn = PositionedAttention(embed_dims, embed_dims,
                                             2 * embed_dims, 2 * embed_dims,
                                             num_heads, False)
        self.norm1 = nn.LayerNorm(embed_dims)
        self.ffn = feed_forward(embed_dims, dropout)
        self.norm2 = nn.LayerNorm(embed_dims)

    def forward(self, tokens: Tensor, positions: Tensor,
                padding: Tensor) -> Tensor:
        """Let the boxes of an image inform each other.

        Args:
            tokens (Tensor): Shape (B, N, D).
            positions (Tensor): Where the boxes are, shape (B, N, 2D).
            padding (Tensor): True at rows that are no box, bool, (B, N).

        Returns:
            Tensor: Shape (B, N, D).
        """
        tokens = self.norm1(
            tokens +
            self.self_attn(tokens, tokens, positions, positions, padding))
        return self.norm2(tokens + self.ffn(tokens))
