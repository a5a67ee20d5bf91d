# Copyright (c) mmhoi contributors.
"""Operations on pairs of boxes that several packages need.

Nothing here needs torch.
"""
from .iou import aligned_inclusive_iou
from .pair_nms import nms_pairs
from .pair_selection import (best_of_image, select_pairs, top_combinations,
                             top_pairs)

__all__ = [
    'aligned_inclusive_iou', 'best_of_image', 'nms_pairs', 'select_pairs',
    'top_combinations', 'top_pairs'
]
