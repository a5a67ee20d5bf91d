# Copyright (c) mmhoi contributors.
import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torchvision.ops import box_iou

from mmhoi.structures import HOIDataSample


def pair_ious(boxes: Tensor, subs: Tensor, objs: Tensor,
              annotated: InstanceData) -> Tensor:
    """IoU of pairs of boxes with annotated pairs.

    That of two pairs is the smaller one of their humans and their objects.

    Args:
        boxes (Tensor): xyxy in pixels of the input image, shape (N, 4).
        subs (Tensor): Rows of the humans of M pairs, shape (M, ).
        objs (Tensor): Rows of their objects, shape (M, ).
        annotated (InstanceData): sub_bboxes and obj_bboxes (P, 4), in the
            same pixels.

    Returns:
        Tensor: Shape (M, P), in 0..1.

    Examples:
        >>> boxes = torch.tensor([[0., 0., 10., 10.], [0., 0., 10., 20.]])
        >>> annotated = InstanceData(
        ...     sub_bboxes=boxes[:1], obj_bboxes=boxes[:1])
        >>> pair_ious(boxes, torch.tensor([0]), torch.tensor([1]), annotated)
        tensor([[0.5000]])
    """
    return torch.minimum(
        box_iou(boxes, annotated.sub_bboxes)[subs],
        box_iou(boxes, annotated.obj_bboxes)[objs])


def free_of_withheld(boxes: Tensor, subs: Tensor, objs: Tensor,
                     data_sample: HOIDataSample, iou_thr: float) -> Tensor:
    """Which pairs overlap no annotation that a zero-shot split withholds.

    Args:
        boxes (Tensor): xyxy in pixels of the input image, shape (N, 4).
        subs (Tensor): Rows of the humans of M pairs, shape (M, ).
        objs (Tensor): Rows of their objects, shape (M, ).
        data_sample (HOIDataSample): With or without `ignored_hoi_instances`.
        iou_thr (float): A pair overlaps one with this IoU or more.

    Returns:
        Tensor: Boolean, shape (M, ).
    """
    if 'ignored_hoi_instances' not in data_sample:
        return torch.ones_like(subs, dtype=torch.bool)
    overlaps = pair_ious(boxes, subs, objs, data_sample.ignored_hoi_instances)
    return (overlaps < iou_thr).all(1)
