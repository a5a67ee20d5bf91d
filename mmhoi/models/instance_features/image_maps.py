# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional, Tuple

from torch import Tensor


class ImageMaps(NamedTuple):
    """Feature maps of a batch of padded images.

    Attributes:
        backbone (tuple[Tensor]): Of the backbone, fine to coarse, each
            (B, C, h, w).
        neck (tuple[Tensor]): Of the neck, likewise; empty without a neck.
        memory (tuple[Tensor]): Of a DETR's encoder, one map (B, D, h, w);
            empty if it did not run.
    """
    backbone: Tuple[Tensor, ...]
    neck: Tuple[Tensor, ...] = ()
    memory: Tuple[Tensor, ...] = ()

    def level(self, source: str, level: int = -1) -> Optional[Tensor]:
        """One of the maps; None if there is none of that source.

        Args:
            source (str): Name of an attribute.
            level (int): Index among its maps. Defaults to -1.

        Returns:
            Tensor | None: Shape (B, C, h, w).
        """
        maps = getattr(self, source)
        return maps[level] if maps else None
