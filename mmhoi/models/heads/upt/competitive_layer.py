# Copyright (c) mmhoi contributors.
import math

from torch import nn


class CompetitiveLayer(nn.TransformerEncoderLayer):
    """Encoder layer over the pairs of an image, in which they compete (UPT).

    PyTorch's post-norm layer with exact GELU, without dropout inside of its
    feed-forward part.

    Args:
        embed_dims (int): Width of the pairs' tokens.
        num_heads (int): Number of heads. Defaults to 8.
        feedforward_dims (int): Width inside. Defaults to 2048.
        dropout (float): Probability in the attention and after both parts.
            Defaults to 0.1.
    """

    def __init__(self,
                 embed_dims: int,
                 num_heads: int = 8,
                 feedforward_dims: int = 2048,
                 dropout: float = 0.1) -> None:
        super().__init__(
            embed_dims,
            num_heads,
            feedforward_dims,
            dropout,
            activation='gelu',
            layer_norm_eps=1e-12,
            batch_first=True)
        self.dropout = nn.Identity()
        # As separate linear layers start in UPT, not as PyTorch's attention.
        bound = 1 / math.sqrt(embed_dims)
        attention = self.self_attn
        for weight in (attention.in_proj_weight, attention.in_proj_bias,
                       attention.out_proj.bias):
            nn.init.uniform_(weight, -bound, bound)
