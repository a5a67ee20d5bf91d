# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

from torch import Tensor, nn


class LeanMultiheadAttention(nn.MultiheadAttention):
    """`torch.nn.MultiheadAttention` without weights unless they are asked for.

    mmcv's layers take the output and drop the weights, but leave
    `need_weights` at PyTorch's default, so that the weights are stored and
    averaged over the heads. Without them PyTorch uses its fused
    `scaled_dot_product_attention`. Outputs are the same up to rounding.
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
        return super().forward(
            query,
            key,
            value,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal)


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
