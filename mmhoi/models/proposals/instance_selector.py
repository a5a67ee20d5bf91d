# Copyright (c) mmhoi contributors.
import logging

import torch
from mmengine.logging import print_log
from mmengine.structures import InstanceData
from torch import Tensor
from torchvision.ops import batched_nms, clip_boxes_to_image

from mmhoi.registry import TASK_UTILS


@TASK_UTILS.register_module()
class InstanceSelector:
    """The boxes of an image that pairs are made of, as in UPT.

    Non-maximum suppression of each class, then of humans and of objects on
    their own: those with at least `score_thr`; if they are fewer than
    `min_instances`, the best `min_instances` whatever their score; if they
    are more than `max_instances`, the best of them. Boxes that are not finite
    or have no extent are left out first, with a warning: nothing can be
    computed from them.

    Args:
        score_thr (float): Least score of a box. Defaults to 0.2.
        nms_iou_thr (float): Of two boxes of a class with a larger IoU the one
            with the lower score is suppressed. Defaults to 0.5.
        min_instances (int): As above, for each kind. Defaults to 3.
        max_instances (int): As above, for each kind. Defaults to 15.
        human_label (int): Object class of humans. Defaults to 0.
        clip (bool): Whether the selected boxes are clipped to the image, as
            in PViC; those outside of it are left out first. Defaults to
            False.

    Raises:
        ValueError: If `min_instances` is larger than `max_instances`.
    """

    def __init__(self,
                 score_thr: float = 0.2,
                 nms_iou_thr: float = 0.5,
                 min_instances: int = 3,
                 max_instances: int = 15,
                 human_label: int = 0,
                 clip: bool = False) -> None:
        if min_instances > max_instances:
            raise ValueError(
                f'InstanceSelector: min_instances={min_instances} is larger '
                f'than max_instances={max_instances}')
        self.score_thr = score_thr
        self.nms_iou_thr = nms_iou_thr
        self.min_instances = min_instances
        self.max_instances = max_instances
        self.human_label = human_label
        self.clip = clip

    def __call__(self, instances: InstanceData) -> InstanceData:
        """Select the boxes of one image.

        Args:
            instances (InstanceData): bboxes (N, 4) xyxy in pixels of any
                image scale, labels and scores (N, ), and any other field; to
                clip boxes also the meta information `img_shape`, in pixels
                of that scale.

        Returns:
            InstanceData: The selected rows, humans first, both kinds by
            falling score.

        Examples:
            >>> boxes = torch.tensor([[0., 0, 9, 9], [20, 0, 29, 9],
            ...                       [0, 20, 9, 29]])
            >>> chosen = InstanceSelector()(InstanceData(
            ...     bboxes=boxes, labels=torch.tensor([4, 0, 0]),
            ...     scores=torch.tensor([.9, .1, .5])))
            >>> chosen.labels, chosen.scores
            (tensor([0, 0, 4]), tensor([0.5000, 0.1000, 0.9000]))
        """
        instances = instances[usable_boxes(
            self._clipped(instances), instances.scores)]
        instances = instances[batched_nms(instances.bboxes, instances.scores,
                                          instances.labels, self.nms_iou_thr)]
        confident = instances.scores >= self.score_thr
        is_human = instances.labels == self.human_label
        chosen = instances[torch.cat([
            self._select(is_human, confident),
            self._select(~is_human, confident)
        ])]
        # Suppression is of whole boxes.
        chosen.bboxes = self._clipped(chosen)
        return chosen

    def _select(self, of_kind: Tensor, confident: Tensor) -> Tensor:
        """Rows of one kind, given in falling order of score."""
        rows = of_kind.nonzero().flatten()
        # The confident ones come first.
        count = int((of_kind & confident).sum())
        return rows[:min(max(count, self.min_instances), self.max_instances)]

    def _clipped(self, instances: InstanceData) -> Tensor:
        """Boxes within the image, if they shall be, shape (N, 4)."""
        if not self.clip:
            return instances.bboxes
        return clip_boxes_to_image(instances.bboxes, instances.img_shape)


def usable_boxes(boxes: Tensor, scores: Tensor) -> Tensor:
    """Which boxes are finite and have an extent; warns of the others.

    Args:
        boxes (Tensor): xyxy, shape (N, 4).
        scores (Tensor): Shape (N, ).

    Returns:
        Tensor: bool, shape (N, ).
    """
    usable = (
        boxes.isfinite().all(1) & scores.isfinite()
        & (boxes[:, 2:] > boxes[:, :2]).all(1))
    count = int((~usable).sum())
    if count:
        print_log(
            f'{count} of {len(usable)} boxes of an image are not finite '
            'or have no extent, and are left out',
            logger='current',
            level=logging.WARNING)
    return usable
