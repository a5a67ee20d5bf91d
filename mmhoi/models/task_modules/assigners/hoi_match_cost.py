# Copyright (c) mmhoi contributors.
"""Costs of matching Q predicted pairs to P annotated pairs of one image.

Fields of `pred_instances`: interaction_logits (Q, T), obj_logits (Q, O + 1),
sub_bboxes and obj_bboxes (Q, 4). Fields of `gt_instances`: interaction_labels
(P, T), obj_labels (P, ), sub_bboxes and obj_bboxes (P, 4). Boxes are xyxy in
pixels of the input image. A pair without an object (V-COCO) has an object box
of zeros.

All fields may have the same leading dimensions, such as layers and images,
with P the largest number of pairs; costs then have them, too.
"""
from typing import Optional

import torch
from mmdet.models.task_modules.assigners.match_cost import BaseMatchCost
from mmdet.structures.bbox import bbox_overlaps, bbox_xyxy_to_cxcywh
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.registry import TASK_UTILS


def box_scale(img_shape: tuple, like: Tensor) -> Tensor:
    """Factor from a normalised to a pixel box of any format.

    Args:
        img_shape (tuple): Height and width of the image in pixels; for B
            images two tensors of shape (B, 1).
        like (Tensor): Gives data type and device.

    Returns:
        Tensor: Width, height, width, height, shape (4, ) or (B, 1, 4).

    Examples:
        >>> box_scale((480, 640), torch.zeros(1))
        tensor([640., 480., 640., 480.])
    """
    height, width = (
        torch.as_tensor(side, dtype=like.dtype, device=like.device)
        for side in img_shape[:2])
    return torch.stack([width, height, width, height], -1)


def has_object(obj_bboxes: Tensor) -> Tensor:
    """Which pairs have an object box: mask of shape (P, ).

    Args:
        obj_bboxes (Tensor): Object boxes, xyxy, shape (P, 4); there may be
            leading dimensions.

    Returns:
        Tensor: True where the box is not all zeros.
    """
    return obj_bboxes.abs().sum(-1) > 0


@TASK_UTILS.register_module()
class HOIClassCost(BaseMatchCost):
    """Multi-label classification cost of the HOI classes.

    The mean probability of the annotated classes and the mean complement of
    the others, averaged and negated (HOICLIP and GEN-VLKT, section "Training
    objective" of GEN-VLKT).
    """

    def __call__(self,
                 pred_instances: InstanceData,
                 gt_instances: InstanceData,
                 img_meta: Optional[dict] = None) -> Tensor:
        """Return the weighted cost, shape (Q, P)."""
        probs = pred_instances.interaction_logits.sigmoid()
        targets = gt_instances.interaction_labels.to(probs).mT
        positive = probs @ targets / (targets.sum(-2, keepdim=True) + 1e-4)
        absent = 1 - targets
        negative = (1 - probs) @ absent / (absent.sum(-2, keepdim=True) + 1e-4)
        return -self.weight * (positive + negative) / 2


@TASK_UTILS.register_module()
class HOIObjectCost(BaseMatchCost):
    """Negated softmax probability of the annotated object class (DETR)."""

    def __call__(self,
                 pred_instances: InstanceData,
                 gt_instances: InstanceData,
                 img_meta: Optional[dict] = None) -> Tensor:
        """Return the weighted cost, shape (Q, P)."""
        probs = pred_instances.obj_logits.softmax(-1)
        labels = gt_instances.obj_labels.unsqueeze(-2)
        return -self.weight * probs.gather(
            -1, labels.expand(*probs.shape[:-1], -1))


@TASK_UTILS.register_module()
class HOIBBoxL1Cost(BaseMatchCost):
    """Larger one of the L1 distances of the two boxes of a pair.

    Distances are between normalised cxcywh boxes. A pair without an object
    costs what its human box costs.
    """

    def __call__(self,
                 pred_instances: InstanceData,
                 gt_instances: InstanceData,
                 img_meta: Optional[dict] = None) -> Tensor:
        """Return the weighted cost, shape (Q, P).

        Args:
            pred_instances (InstanceData): Predictions, see the module.
            gt_instances (InstanceData): Annotations, see the module.
            img_meta (dict): Must hold `img_shape`, see `box_scale`.

        Returns:
            Tensor: Cost matrix.
        """
        scale = box_scale(img_meta['img_shape'], pred_instances.sub_bboxes)

        def distance(name: str) -> Tensor:
            return torch.cdist(
                bbox_xyxy_to_cxcywh(pred_instances[name] / scale),
                bbox_xyxy_to_cxcywh(gt_instances[name] / scale),
                p=1)

        absent = ~has_object(gt_instances.obj_bboxes).unsqueeze(-2)
        obj_cost = distance('obj_bboxes').masked_fill(absent, 0)
        return self.weight * torch.max(distance('sub_bboxes'), obj_cost)


@TASK_UTILS.register_module()
class HOIIoUCost(BaseMatchCost):
    """Larger one of the negated generalised IoUs of the two boxes of a pair.

    Args:
        weight (float): Weight of the cost. Defaults to 1.0.
        absent_object (str): What an object that a pair does not have costs:
            `human`, as much as the human box, so that the human box decides;
            or `sum`, what the official code computes: the human box's cost
            plus that of the object box against a box of zeros, so that the
            place of the predicted object box counts. Defaults to `human`.

    Raises:
        ValueError: If `absent_object` is unknown.
    """

    def __init__(self, weight: float = 1.0, absent_object: str = 'human'):
        super().__init__(weight)
        if absent_object not in ('human', 'sum'):
            raise ValueError(
                f'HOIIoUCost: absent_object="{absent_object}"; allowed: '
                '"human", "sum" (official)')
        self.absent_object = absent_object

    def __call__(self,
                 pred_instances: InstanceData,
                 gt_instances: InstanceData,
                 img_meta: Optional[dict] = None) -> Tensor:
        """Return the weighted cost, shape (Q, P)."""

        def cost(name: str) -> Tensor:
            return -bbox_overlaps(
                pred_instances[name], gt_instances[name], mode='giou')

        sub_cost, obj_cost = cost('sub_bboxes'), cost('obj_bboxes')
        absent = ~has_object(gt_instances.obj_bboxes).unsqueeze(-2)
        if self.absent_object == 'human':
            obj_cost = obj_cost.masked_fill(absent, 0)
        obj_cost = obj_cost + sub_cost.masked_fill(~absent, 0)
        return self.weight * torch.max(sub_cost, obj_cost)
