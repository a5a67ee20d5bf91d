# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .dropout_attention import dropout_attention
from .lean_dropout import draws_lean_masks


class LeanMultiheadAttention(nn.MultiheadAttention):
    """`torch.nn.MultiheadAttention` without weights unless they are asked for.

    mmcv's layers take the output and drop the weights, but leave
    `need_weights` at PyTorch's default, so that the weights are stored and
    averaged over the heads. Without them attention is PyTorch's fused
    `scaled_dot_product_attention` or, in training on a CPU with dropout,
    `dropout_attention`. Outputs are the same up to rounding.
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
        special = (
            need_weights or is_causal or attn_mask is not None
            or key_padding_mask is not None
            and key_padding_mask.dtype != torch.bool)
        if self._is_common and query.dim() == 3 and not special:
            return self._attend(query, key, value, key_padding_mask), None
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

    def _attend(self, query: Tensor, key: Tensor, value: Tensor,
                key_padding_mask: Optional[Tensor]) -> Tensor:
        """What PyTorch's layer does, with products of contiguous tokens.

        That transposes them first, and then copies the weights for each token
        if there is no gradient.
        """
        heads = [
            tokens.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for tokens in self._project(query, key, value)
        ]
        mask = None
        if key_padding_mask is not None:
            mask = heads[0].new_zeros(key_padding_mask.shape).masked_fill_(
                key_padding_mask, float('-inf'))[:, None, None]
        p = self.dropout if self.training else 0.
        lean = draws_lean_masks(query, p)
        attend = dropout_attention if lean else F.scaled_dot_product_attention
        output = attend(*heads, attn_mask=mask, dropout_p=p)
        output = self.out_proj(output.transpose(1, 2).flatten(2))
        return output if self.batch_first else output.transpose(0, 1)

    def _project(self, *inputs: Tensor) -> Sequence[Tensor]:
        """Queries, keys and values, each (B, Q, C)."""
        query, key, value = (
            tokens if self.batch_first else tokens.transpose(0, 1)
            for tokens in inputs)
        if inputs[0] is inputs[1] is inputs[2]:
            return F.linear(query, self.in_proj_weight,
                            self.in_proj_bias).chunk(3, -1)
        projections = zip(
            self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))
        return [
            F.linear(tokens, *projection)
            for tokens, projection in zip((query, key, value), projections)
        ]


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
