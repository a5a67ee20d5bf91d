# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional

from torch import Tensor


class PairProposals(NamedTuple):
    """Boxes of one image, and which two of them might interact.

    Images have different numbers of boxes and pairs: a batch is a list.
    Symbols: N boxes, M pairs.

    Attributes:
        boxes (Tensor): xyxy in pixels of the input image, not clipped,
            float, shape (N, 4).
        labels (Tensor): Object class of each box, int64, shape (N, ).
        scores (Tensor): Score of each box, 0..1, shape (N, ).
        sub_inds (Tensor): Row of the human of each pair, int64, shape (M, ).
        obj_inds (Tensor): Row of its object, which may be a human, too, int64,
            shape (M, ).
        gt_inds (Tensor, optional): In training, row of the annotated pair
            that a pair is a copy of, -1 for one that is made of detected
            boxes, int64, shape (M, ); None if nobody knows.
        all_scores (Tensor, optional): Score of each of the O object classes
            for each box, shape (N, O); None if only the best is known.
    """
    boxes: Tensor
    labels: Tensor
    scores: Tensor
    sub_inds: Tensor
    obj_inds: Tensor
    gt_inds: Optional[Tensor] = None
    all_scores: Optional[Tensor] = None

    @property
    def num_pairs(self) -> int:
        """int: Number M of pairs."""
        return len(self.sub_inds)
