# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torchvision.ops import batched_nms

from mmhoi.registry import TASK_UTILS
from mmhoi.structures import PairProposals
from .instance_selector import usable_boxes


@TASK_UTILS.register_module()
class DetectionPairs:
    """Pairs of good humans and good objects, each with thresholds of its own.

    Humans may be objects, too: those with the best scores. The defaults are
    those of ConsNet's tests (https://arxiv.org/abs/2008.06254). If no pair
    survives, `fallback` gives an image pairs of its best boxes whatever their
    scores, as in TIN and VCL.

    Args:
        sub_score_thr (float): A human has a score above it. Defaults to 0.5.
        obj_score_thr (float): An object has a score above it. Defaults to
            0.1.
        max_subs (int, optional): The best humans. Defaults to 10; None for
            all.
        max_objs (int, optional): The best objects. Defaults to 20; None for
            all.
        max_humans_as_objs (int, optional): How many humans may be objects, the
            best ones. Defaults to 3; None for all.
        fallback (int, optional): Without a pair so many humans with so many
            boxes of other classes. Defaults to None: no pair.
        nms_iou_thr (float, optional): Of two humans, or of two objects of
            whatever class, with a larger IoU the one with the lower score is
            suppressed first. Defaults to None: nothing is.
        with_itself (bool): Whether a human is paired with itself, as in
            ConsNet. Defaults to False.
        human_label (int): Object class of humans. Defaults to 0.

    Raises:
        ValueError: If a number is out of range.
    """

    def __init__(self,
                 sub_score_thr: float = 0.5,
                 obj_score_thr: float = 0.1,
                 max_subs: Optional[int] = 10,
                 max_objs: Optional[int] = 20,
                 max_humans_as_objs: Optional[int] = 3,
                 fallback: Optional[int] = None,
                 nms_iou_thr: Optional[float] = None,
                 with_itself: bool = False,
                 human_label: int = 0) -> None:
        limits = dict(
            max_subs=max_subs,
            max_objs=max_objs,
            max_humans_as_objs=max_humans_as_objs,
            fallback=fallback)
        wrong = [
            f'{name}={limit}' for name, limit in limits.items()
            if limit is not None and limit < 0
        ]
        if wrong:
            raise ValueError(f'DetectionPairs: {", ".join(wrong)}; allowed: '
                             'numbers from 0, or None')
        self.sub_score_thr = sub_score_thr
        self.obj_score_thr = obj_score_thr
        self.max_subs = max_subs
        self.max_objs = max_objs
        self.max_humans_as_objs = max_humans_as_objs
        self.fallback = fallback
        self.nms_iou_thr = nms_iou_thr
        self.with_itself = with_itself
        self.human_label = human_label

    def __call__(
            self,
            instances: InstanceData) -> Tuple[InstanceData, PairProposals]:
        """Pair the boxes of one image.

        Args:
            instances (InstanceData): bboxes (N', 4) xyxy in pixels of the
                input image, labels and scores (N', ), and any other field.

        Returns:
            tuple[InstanceData, PairProposals]: The N boxes that are part of a
            pair, and the pairs, human by human.
        """
        instances = self.boxes(instances)
        pairs = self.pairs(instances)
        used, rows = torch.stack(pairs).unique(return_inverse=True)
        chosen = instances[used]
        return chosen, PairProposals(
            chosen.bboxes,
            chosen.labels,
            chosen.scores,
            *rows,
            all_scores=chosen.get('all_scores'))

    def boxes(self, instances: InstanceData) -> InstanceData:
        """The boxes that anything can be made of.

        Args:
            instances (InstanceData): As above.

        Returns:
            InstanceData: Those that are usable and not suppressed.
        """
        instances = instances[usable_boxes(instances.bboxes, instances.scores)]
        if self.nms_iou_thr is None:
            return instances
        return instances[batched_nms(
            instances.bboxes, instances.scores,
            (instances.labels == self.human_label).long(), self.nms_iou_thr)]

    def pairs(self, instances: InstanceData) -> Tuple[Tensor, Tensor]:
        """Which boxes make pairs.

        Args:
            instances (InstanceData): N boxes.

        Returns:
            tuple[Tensor, Tensor]: Rows of human and object of each pair, by
            falling score of the human, then of the object, int64, both (M, ).

        Examples:
            >>> boxes = InstanceData(labels=torch.tensor([4, 0, 0]),
            ...                      scores=torch.tensor([.2, .6, .9]))
            >>> DetectionPairs(max_humans_as_objs=1).pairs(boxes)
            (tensor([2, 1, 1]), tensor([0, 2, 0]))
        """
        scores = instances.scores
        is_human = instances.labels == self.human_label
        humans = _falling(scores, is_human)
        others = _falling(scores, ~is_human)
        as_objs = torch.cat([others, humans[:self.max_humans_as_objs]])
        as_objs = as_objs[scores[as_objs].argsort(descending=True)]
        pairs = self._combined(
            humans[scores[humans] > self.sub_score_thr][:self.max_subs],
            as_objs[scores[as_objs] > self.obj_score_thr][:self.max_objs])
        if self.fallback is None or len(pairs[0]):
            return pairs
        return self._combined(humans[:self.fallback], others[:self.fallback])

    def _combined(self, subs: Tensor, objs: Tensor) -> Tuple[Tensor, Tensor]:
        """Each of the one with each of the other."""
        pairs = torch.cartesian_prod(subs, objs).reshape(-1, 2)
        if not self.with_itself:
            pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        return pairs[:, 0], pairs[:, 1]


def _falling(scores: Tensor, wanted: Tensor) -> Tensor:
    """Rows that are wanted, by falling score."""
    rows = wanted.nonzero().flatten()
    return rows[scores[rows].argsort(descending=True)]
