# Copyright (c) mmhoi contributors.
from typing import Sequence, Tuple

import numpy as np
from torch import Tensor, nn
from torchvision.models.swin_transformer import SwinTransformerBlockV2
from torchvision.ops import FeaturePyramidNetwork

WINDOW, HEAD_DIMS = 8, 32
#: Stochastic depth as of the last layers of a network of so many.
DEPTH, MAX_DROP = 12, 0.2


class KeyEncoder(nn.Module):
    """What PViC's decoder looks at: feature pyramid and Swin V2 blocks.

    Both are torchvision's. Padding of the images is not masked, so results
    depend on the batch, as in the official code.

    Args:
        in_channels (Sequence[int]): Channels of the levels, fine to coarse.
        embed_dims (int): Width D, a multiple of 32.
        num_layers (int): Number of blocks, at most 10. Defaults to 1.

    Raises:
        ValueError: If a number is out of range.
    """

    def __init__(self,
                 in_channels: Sequence[int],
                 embed_dims: int,
                 num_layers: int = 1) -> None:
        super().__init__()
        if embed_dims % HEAD_DIMS:
            raise ValueError(f'PViCHead: embed_dims={embed_dims} is no '
                             f'multiple of {HEAD_DIMS}')
        if not 0 <= num_layers <= DEPTH - 2:
            raise ValueError(f'PViCHead: num_key_layers={num_layers}; '
                             f'allowed: 0 to {DEPTH - 2}')
        self.num_levels = len(in_channels)
        self.fpn = FeaturePyramidNetwork(list(in_channels), embed_dims)
        # Only the finest level is looked at: no gradient reaches the others.
        self.fpn.layer_blocks[1:].requires_grad_(False)
        # NumPy knows no default device, on which tensors may have no values.
        rates = np.linspace(0, MAX_DROP, DEPTH)[DEPTH - 2 - num_layers:-2]
        self.blocks = nn.ModuleList(
            SwinTransformerBlockV2(
                embed_dims,
                embed_dims //
                HEAD_DIMS, [WINDOW, WINDOW], [WINDOW // 2 * (i % 2)] * 2,
                stochastic_depth_prob=rate)
            for i, rate in enumerate(rates.tolist()))

    def forward(self, maps: Tuple[Tensor, ...]) -> Tensor:
        """Encode the maps of a batch.

        Args:
            maps (tuple[Tensor]): Fine to coarse, each (B, C, h, w).

        Returns:
            Tensor: Of the finest level, shape (B, h, w, D).
        """
        levels = self.fpn({str(i): level for i, level in enumerate(maps)})
        keys = levels['0'].permute(0, 2, 3, 1)
        for block in self.blocks:
            keys = block(keys)
        return keys
