# Copyright (c) mmhoi contributors.
from typing import Callable

from mmdet.utils import ConfigType
from torch import Tensor, nn

from mmhoi.registry import MODELS


def build_object_loss(loss_obj: ConfigType, num_classes: int) -> nn.Module:
    """The object loss, with a weight for each class.

    Args:
        loss_obj (dict): Config of a loss. `class_weight` (list) has a weight
            for each class; without it, `bg_cls_weight` is the weight of the
            background and all others are 1.
        num_classes (int): Number O + 1 of classes, background last; with "no
            object" as a class of its own O + 2.

    Returns:
        nn.Module: The loss; its `class_weight` is a list.

    Raises:
        ValueError: If `class_weight` has another length.

    Examples:
        >>> cfg = dict(type='mmdet.CrossEntropyLoss', bg_cls_weight=0.1)
        >>> build_object_loss(cfg, 3).class_weight
        [1.0, 1.0, 0.1]
    """
    config = dict(loss_obj)
    background = config.pop('bg_cls_weight', 1.0)
    weights = config.setdefault('class_weight',
                                [1.0] * (num_classes - 1) + [background])
    if len(weights) != num_classes:
        raise ValueError(
            f'class_weight (config key `bbox_head.loss_obj.class_weight`) has '
            f'{len(weights)} entries, but the label space has {num_classes} '
            'object classes with the background; leave it out and set '
            f'bg_cls_weight=0.1, or write [1.0] * {num_classes - 1} + [0.1]')
    return MODELS.build(config)


def object_loss(loss_obj: nn.Module,
                obj_logits: Tensor,
                obj_labels: Tensor,
                avg_factor: Callable[[Tensor], float] = Tensor.item) -> Tensor:
    """Weighted mean of the cross entropy over all queries.

    Symbols: B images, Q queries, O objects.

    Args:
        loss_obj (nn.Module): The loss, with `class_weight`.
        obj_logits (Tensor): Object logits, background last, (B, Q, O + 1).
        obj_labels (Tensor): Object classes, shape (B, Q).
        avg_factor (Callable): Turns the sum of weights of this process, a
            scalar, into the divisor; for example averages it over processes.
            Defaults to the sum itself.

    Returns:
        Tensor: A scalar.
    """
    labels = obj_labels.flatten()
    weights = obj_logits.new_tensor(loss_obj.class_weight)[labels]
    return loss_obj(
        obj_logits.flatten(0, 1), labels, avg_factor=avg_factor(weights.sum()))
