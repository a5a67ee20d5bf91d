# Copyright (c) mmhoi contributors.
from mmdet.models.dense_heads import DETRHead

from mmhoi.registry import MODELS
from ..utils.float32_forward import float32_forward


@MODELS.register_module()
class Float32DETRHead(DETRHead):
    """mmdet's DETR head that stays in float32 under mixed precision.

    Arguments and methods are those of `mmdet.DETRHead`.
    """

    forward = float32_forward(DETRHead.forward)
