# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

import torch.nn.functional as F
from torch import Tensor, nn

from .dropout_attention import dropout_attention
from .lean_dropout import draws_lean_masks


class LeanMultiheadAttention(nn.MultiheadAttention):
    """`torch.nn.MultiheadAttention` without weights unless they are asked for.

    mmcv's layers take the output and drop the weights, but leave
    `need_weights` at PyTorch's default, so that the weights are stored and
    averaged over the heads. Without them PyTorch uses its fused
    `scaled_dot_product_attention`. Outputs are the same up to rounding. When
    it trains on a CPU with dropout, this is `dropout_attention`.
    """

    def forward(self,
                query: Tensor,
                key: Tensor,
                value: Tensor,
                key_padding_mask: Optional[Tensor] = None,
                need_weights: bool = False,
                attn_mask: Optional[Tensor] = None,
                average_attn_weights: bool = True,
                is_causal: bool = False) -> Tuple[Tensor, Optional[Tensor]]:
        """As `torch.nn.MultiheadAttention`, with another default.

        Args:
            query (Tensor): Queries, as there.
            key (Tensor): Keys, as there.
            value (Tensor): Values, as there.
            key_padding_mask (Tensor, optional): As there. Defaults to None.
            need_weights (bool): Whether weights are returned, too. Defaults
                to False.
            attn_mask (Tensor, optional): As there. Defaults to None.
            average_attn_weights (bool): As there. Defaults to True.
            is_causal (bool): As there. Defaults to False.

        Returns:
            tuple[Tensor, Tensor | None]: Output and weights.
        """
        special = need_weights or is_causal or attn_mask is not None
        if (self.training and not special and self._is_common
                and draws_lean_masks(query, self.dropout)):
            return self._attend_with_dropout(query, key, value,
                                             key_padding_mask), None
        return super().forward(
            query,
            key,
            value,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal)

    @property
    def _is_common(self) -> bool:
        """Whether this layer has none of PyTorch's rare options."""
        return (self._qkv_same_embed_dim and self.in_proj_bias is not None
                and self.bias_k is None and not self.add_zero_attn)

    def _attend_with_dropout(self, query: Tensor, key: Tensor, value: Tensor,
                             key_padding_mask: Optional[Tensor]) -> Tensor:
        """PyTorch's layer around `dropout_attention`."""
        projections = zip(
            self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))
        heads = [
            self._split_heads(F.linear(tokens, *projection))
            for tokens, projection in zip((query, key, value), projections)
        ]
        mask = None
        if key_padding_mask is not None:
            mask = heads[0].new_zeros(key_padding_mask.shape).masked_fill_(
                key_padding_mask, float('-inf'))[:, None, None]
        output = dropout_attention(*heads, mask, self.dropout)
        output = output.movedim(2, 1 if self.batch_first else 0)
        return self.out_proj(output.flatten(2))

    def _split_heads(self, tensor: Tensor) -> Tensor:
        """(B, Q, C) or, without `batch_first`, (Q, B, C) to (B, H, Q, C/H)."""
        if not self.batch_first:
            tensor = tensor.transpose(0, 1)
        return tensor.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)


def use_lean_attention(module: nn.Module) -> None:
    """Have all attention layers of a module compute no unused weights.

    Parameters and their names stay: the layers get another forward only.

    Args:
        module (nn.Module): Changed in place.

    Examples:
        >>> layer = nn.Sequential(nn.MultiheadAttention(8, 2))
        >>> use_lean_attention(layer)
        >>> type(layer[0]).__name__
        'LeanMultiheadAttention'
    """
    for layer in module.modules():
        # mmdet's layers build PyTorch's class by name: there is no config
        # key for another one.
        if type(layer) is nn.MultiheadAttention:
            layer.__class__ = LeanMultiheadAttention
