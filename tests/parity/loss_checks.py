# Copyright (c) mmhoi contributors.
"""Losses against those of official models."""
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor, nn

from mmhoi.structures import HOIDataSample
from .report import Report

LOSSES = 1e-5
#: Official name, ours, attribute of the head with its weight.
NAMES = {
    'loss_hoi_labels': ('loss_hoi', 'loss_hoi'),
    'loss_obj_ce': ('loss_obj', 'loss_obj'),
    'loss_sub_bbox': ('loss_sub_bbox', 'loss_bbox'),
    'loss_obj_bbox': ('loss_obj_bbox', 'loss_bbox'),
    'loss_sub_giou': ('loss_sub_iou', 'loss_iou'),
    'loss_obj_giou': ('loss_obj_iou', 'loss_iou'),
    'loss_feat_mimic': ('loss_mimic', 'auxiliary_losses.mimic')
}
LOGGED_ONLY = ('hoi_class_error', 'obj_class_error')


def our_loss(official: str, num_layers: int) -> Tuple[str, str]:
    """Our name of an official loss, and the attribute that weighs it.

    Args:
        official (str): The official name; `_{i}` at its end stands for
            layer i of those before the last.
        num_layers (int): Number of layers.

    Returns:
        tuple[str, str]: The names.

    Raises:
        KeyError: If there is no such loss here.

    Examples:
        >>> our_loss('loss_obj_ce_0', 2)
        ('d0.loss_obj', 'loss_obj')
    """
    if official in NAMES:
        return NAMES[official]
    name, _, layer = official.rpartition('_')
    if name not in NAMES or not layer.isdigit() or int(layer) >= num_layers:
        raise KeyError(f'no loss {official} here')
    ours, weight = NAMES[name]
    return f'd{layer}.{ours}', weight


def losses_of(model: nn.Module, features: Dict[str, Tensor],
              samples: List[HOIDataSample]) -> Dict[str, Tensor]:
    """Our weighted losses.

    Args:
        model (HOIDetector): The model.
        features (dict[str, Tensor]): Inputs of its head.
        samples (list[HOIDataSample]): With annotated pairs.

    Returns:
        dict[str, Tensor]: Losses by our names.
    """
    return model.bbox_head.loss(**features, batch_data_samples=samples)


def check_losses(report: Report, row: str, ours: Dict[str, Tensor],
                 official: Dict[str,
                                Any], head: nn.Module, weighted: bool) -> None:
    """Compare single losses.

    Args:
        report (Report): Takes the comparisons.
        row (str): Start of the rows' names.
        ours (dict[str, Tensor]): Our losses.
        official (dict): Official losses, with or without their weight.
        head (PairHead): Tells the weights.
        weighted (bool): Whether the official losses have their weight.
    """
    num_layers = sum(name.endswith('loss_hoi') for name in ours)
    compared = set()
    for name, theirs in official.items():
        if name.startswith(LOGGED_ONLY):
            report.note(', '.join(LOGGED_ONLY), 'for the log only, no losses')
            continue
        try:
            our_name, part = our_loss(name, num_layers)
        except KeyError as error:
            report.not_compared(f'{row} {name}', error.args[0])
            continue
        if our_name not in ours:
            report.not_compared(f'{row} {name}', f'ours lacks {our_name}')
            continue
        compared.add(our_name)
        weight = 1.0 if weighted else head.get_submodule(part).loss_weight
        report.near(
            f'{row} {name}',
            ours[our_name].double() / weight,
            theirs,
            LOSSES,
            relative=True)
    for name in sorted(set(ours) - compared):
        report.not_compared(f'{row} {name}', 'the file has no such loss')


def check_loss_algebra(report: Report, content: Dict[str,
                                                     Any], head: nn.Module,
                       samples: List[HOIDataSample], teacher: Tensor) -> None:
    """Losses of the official outputs, computed in float64.

    Free of what rounding in the model adds: only the losses are ours.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file.
        head (PairHead): Of our model.
        samples (list[HOIDataSample]): With float64 annotated pairs.
        teacher (Tensor): CLIP's image feature, for the mimic loss.
    """
    official = content['outputs_train']
    layers = [*official.get('aux_outputs', []), official]
    stack = {
        ours: torch.stack([layer[theirs] for layer in layers]).double()
        for theirs, ours in (('pred_hoi_logits', 'interaction_logits'),
                             ('pred_obj_logits',
                              'obj_logits'), ('pred_sub_boxes', 'sub_bboxes'),
                             ('pred_obj_boxes', 'obj_bboxes'))
    }
    if head.auxiliary_losses:
        features = torch.stack([layer['inter_memory'] for layer in layers])
        stack.update(
            interaction_features=features.double(),
            clip_feature=teacher.double())
    losses = head.loss_by_feat(stack, samples)
    check_losses(
        report,
        'float64 loss of official outputs',
        losses,
        content['loss_dict'],
        head,
        weighted=False)


def check_weights(report: Report, official: Dict[str, float], head: nn.Module,
                  num_layers: int) -> None:
    """Compare the weights of all losses.

    Args:
        report (Report): Takes the comparisons.
        official (dict[str, float]): `weight_dict` of the file.
        head (PairHead): Of our model.
        num_layers (int): Number of layers.
    """
    for name, theirs in official.items():
        row = 'weights of the losses'
        try:
            weight = head.get_submodule(our_loss(name,
                                                 num_layers)[1]).loss_weight
        except (KeyError, AttributeError):
            report.not_compared(f'{row} {name}', 'no such loss here')
            continue
        report.near(row, weight, theirs, 0.0)
