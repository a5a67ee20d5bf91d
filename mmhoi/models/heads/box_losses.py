# Copyright (c) mmhoi contributors.
from typing import Callable, Dict

from mmdet.structures.bbox import bbox_cxcywh_to_xyxy, bbox_xyxy_to_cxcywh
from mmdet.utils import reduce_mean
from torch import Tensor, nn

from ..task_modules.assigners.hoi_match_cost import has_object


def box_losses(loss_bbox: nn.Module, loss_iou: nn.Module,
               outputs: Dict[str, Tensor], targets: Dict[str, Tensor],
               avg_factor: Callable[[Tensor], float]) -> Dict[str, Tensor]:
    """Losses of the boxes of matched pairs of one layer.

    Args:
        loss_bbox (nn.Module): Loss of normalised cxcywh boxes.
        loss_iou (nn.Module): Loss of xyxy boxes in pixels.
        outputs (dict): sub_bboxes, obj_bboxes (B, Q, 4) normalised cxcywh.
        targets (dict): The layer's entry of `pair_targets`.
        avg_factor (Callable): Turns the number of pairs with an object, a
            scalar, into what their losses are divided by.

    Returns:
        dict: loss_sub_bbox, loss_obj_bbox, loss_sub_iou, loss_obj_iou.
    """
    losses = {}
    num_pairs = targets['num_pairs']
    # Averaged over processes, as the official code does for human boxes.
    mean_pairs = reduce_mean(num_pairs).clamp(min=1).item()
    present = has_object(targets['obj_bboxes'])
    num_objects = avg_factor(present.sum()) + 1e-4
    groups = dict(
        sub=(present.new_ones(present.shape), mean_pairs),
        obj=(present, num_objects))
    for name, (keep, divisor) in groups.items():
        pred = outputs[f'{name}_bboxes'][targets['matched']][keep]
        target = targets[f'{name}_bboxes'][keep]
        scale = targets['scale'][keep]
        losses[f'loss_{name}_bbox'] = loss_bbox(
            pred, bbox_xyxy_to_cxcywh(target / scale), avg_factor=divisor)
        # In pixels: the epsilon of the IoU would matter on a unit square.
        losses[f'loss_{name}_iou'] = loss_iou(
            bbox_cxcywh_to_xyxy(pred) * scale, target, avg_factor=divisor)
    return losses
