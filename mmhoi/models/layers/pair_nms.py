# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor


def pair_nms(sub_bboxes: Tensor,
             obj_bboxes: Tensor,
             scores: Tensor,
             labels: Tensor,
             iou_thr: float = 0.7,
             sub_power: float = 1.0,
             obj_power: float = 0.5) -> Tensor:
    """Suppress duplicate pairs of each HOI class in one image.

    In descending order of score a pair is dropped if a kept pair with the
    same label has `IoU_sub ** sub_power * IoU_obj ** obj_power > iou_thr`.
    Boxes are inclusive: widths are `x2 - x1 + 1`. The effort grows with
    K ** 2, so take the best detections of an image first.

    Args:
        sub_bboxes (Tensor): Subject boxes, xyxy in pixels of any image scale,
            shape (K, 4).
        obj_bboxes (Tensor): Object boxes, likewise, shape (K, 4).
        scores (Tensor): Scores, shape (K, ).
        labels (Tensor): HOI ids, shape (K, ).
        iou_thr (float): Largest weighted overlap of two kept pairs. Defaults
            to 0.7.
        sub_power (float): Exponent of the subjects' IoU. Defaults to 1.0.
        obj_power (float): Exponent of the objects' IoU. Defaults to 0.5.

    Returns:
        Tensor: Indices of the kept pairs in descending order of score, equal
        scores in their given order, int64, shape (N, ).

    Examples:
        >>> box = torch.tensor([[0., 0., 9., 9.]])
        >>> pair_nms(box.repeat(3, 1), box.repeat(3, 1),
        ...          torch.tensor([.1, .3, .2]), torch.tensor([5, 5, 4]))
        tensor([1, 2])
    """
    order = scores.argsort(descending=True, stable=True)
    overlaps = (
        _pairwise_inclusive_iou(sub_bboxes[order])**sub_power *
        _pairwise_inclusive_iou(obj_bboxes[order])**obj_power)
    same_label = labels[order, None] == labels[order]
    suppresses = ((overlaps > iou_thr) & same_label).triu(diagonal=1)
    keep = torch.ones_like(order, dtype=torch.bool)
    # Greedy: when row i is reached, keep[i] is final. Nothing in the loop
    # waits for the device.
    for i in range(len(order)):
        keep &= ~(suppresses[i] & keep[i])
    return order[keep]


def _pairwise_inclusive_iou(bboxes: Tensor) -> Tensor:
    """IoU of K xyxy boxes with each other, widths + 1, shape (K, K)."""
    sizes = bboxes[:, 2:] - bboxes[:, :2] + 1
    areas = sizes.prod(1)
    overlap = (
        torch.minimum(bboxes[:, None, 2:], bboxes[:, 2:]) -
        torch.maximum(bboxes[:, None, :2], bboxes[:, :2]) + 1)
    intersection = overlap.clamp(min=0).prod(2)
    return intersection / (areas[:, None] + areas - intersection)
