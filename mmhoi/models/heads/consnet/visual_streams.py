# Copyright (c) mmhoi contributors.
"""What boxes and pairs of boxes look like, in the space of the words."""
from typing import Sequence, Tuple

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from ..pair_streams import PairRows
from .box_pair_layout import box_pair_layout

INIT_CFG = dict(
    type='Kaiming', layer='Linear', mode='fan_out', nonlinearity='relu')


class BoxStream(BaseModule):
    """The human or the object of a pair.

    Args:
        embed_dims (int): Width of the boxes' features.
        hidden_dims (int): Width of the hidden layer.
        out_dims (int): Width E of the embedding.
        feature (str): `sub` or `obj`.
    """

    def __init__(self, embed_dims: int, hidden_dims: int, out_dims: int,
                 feature: str) -> None:
        super().__init__(init_cfg=INIT_CFG)
        self.feature = feature
        self.shared = normed_layers(embed_dims, hidden_dims)
        self.mapper = nn.Linear(hidden_dims, out_dims)
        self.indicator = indicator(hidden_dims, out_dims // 2)

    def forward(self, rows: PairRows) -> Tuple[Tensor, Tensor]:
        """Embed pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            tuple[Tensor, Tensor]: Embeddings (M, E), and logits of there being
            an interaction (M, 1).
        """
        hidden = self.shared(getattr(rows, self.feature))
        return self.mapper(hidden), self.indicator(hidden)


class BoxPairStream(BaseModule):
    """The action, or the whole interaction: both boxes, and how they lie.

    Args:
        embed_dims (int): Width of the boxes' features.
        layout_dims (Sequence[int]): Widths of the layers of the layout.
        hidden_dims (int): Width of the hidden layer of the embedding.
        out_dims (int): Width E of the embedding.
    """

    def __init__(self, embed_dims: int, layout_dims: Sequence[int],
                 hidden_dims: int, out_dims: int) -> None:
        super().__init__(init_cfg=INIT_CFG)
        half = out_dims // 2
        self.sub = normed_layers(embed_dims, half)
        self.obj = normed_layers(embed_dims, half)
        self.layout = normed_layers(8, *layout_dims)
        width = 2 * half + layout_dims[-1]
        self.mapper = nn.Sequential(*normed_layers(width, hidden_dims),
                                    nn.Linear(hidden_dims, out_dims))
        self.indicator = indicator(width, half)

    def forward(self, rows: PairRows) -> Tuple[Tensor, Tensor]:
        """Embed pairs; see :class:`BoxStream`.

        Args:
            rows (PairRows): M pairs.

        Returns:
            tuple[Tensor, Tensor]: Of shapes (M, E) and (M, 1).
        """
        layout = box_pair_layout(rows.sub_boxes, rows.obj_boxes)
        hidden = torch.cat([
            self.sub(rows.sub),
            self.obj(rows.obj),
            self.layout(layout.to(rows.sub))
        ], 1)
        return self.mapper(hidden), self.indicator(hidden)


def normed_layers(*dims: int) -> nn.Sequential:
    """Linear layers without bias, each with BatchNorm and ReLU.

    Args:
        *dims (int): Widths, from the input to the output.

    Returns:
        nn.Sequential: The layers.
    """
    return nn.Sequential(*(layer for before, after in zip(dims, dims[1:])
                           for layer in (nn.Linear(before, after, bias=False),
                                         nn.BatchNorm1d(after), nn.ReLU())))


def indicator(in_dims: int, hidden_dims: int) -> nn.Sequential:
    """Layers that tell whether there is an interaction at all.

    Args:
        in_dims (int): Width of the input.
        hidden_dims (int): Width of the hidden layer.

    Returns:
        nn.Sequential: The layers.
    """
    return nn.Sequential(*normed_layers(in_dims, hidden_dims),
                         nn.Linear(hidden_dims, 1))
