# Copyright (c) mmhoi contributors.
from mmdet.models.dense_heads import DETRHead
from mmdet.utils import ConfigType

from mmhoi.registry import MODELS
from ..utils.float32_forward import float32_forward


@MODELS.register_module()
class Float32DETRHead(DETRHead):
    """mmdet's DETR head that stays in float32 under mixed precision.

    Args:
        num_classes (int): Number of object classes O.
        loss_cls (dict): Softmax classification loss.
        bg_cls_weight (float): Weight of the background class in it. mmdet
            reads this from `loss_cls`, but for its own class only. Defaults
            to 0.1.
        **kwargs: Further arguments of `mmdet.DETRHead`.
    """

    def __init__(self,
                 num_classes: int,
                 loss_cls: ConfigType,
                 bg_cls_weight: float = 0.1,
                 **kwargs) -> None:
        class_weight = [1.0] * num_classes + [bg_cls_weight]
        super().__init__(
            num_classes=num_classes,
            loss_cls=dict(class_weight=class_weight, **loss_cls),
            **kwargs)
        self.bg_cls_weight = bg_cls_weight

    forward = float32_forward(DETRHead.forward)
