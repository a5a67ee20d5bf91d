# Copyright (c) mmhoi contributors.
"""Gradients against those of official models."""
from typing import Any, Dict, List

import torch
from torch import Tensor, nn

from mmhoi.checkpoints.official.renaming import Renaming
from .report import Report

GRADIENTS = 1e-3
ZERO = 'gradient is zero by construction, its value is rounding noise'


def check_gradients(report: Report, model: nn.Module, losses: Dict[str,
                                                                   Tensor],
                    content: Dict[str, Any], renaming: Renaming) -> None:
    """Compare what is trained and the gradients of all of it.

    Args:
        report (Report): Takes the comparisons.
        model (HOIDetector): Our model.
        losses (dict[str, Tensor]): Its weighted losses.
        content (dict): A golden file.
        renaming (Renaming): Official names and ours.
    """
    params = dict(model.named_parameters())
    model.zero_grad()
    sum(losses.values()).backward()
    _check_trained(report, params, content, renaming)
    noise = noise_gradients(report, content, renaming)
    squares = 0.0
    for name, norm in content['grad_norms'].items():
        gradient = _gradient(report, 'gradient norms', name, params, renaming)
        if gradient is None:
            continue
        squares += gradient.double().square().sum().item()
        if name not in noise:
            report.near(
                'gradient norms',
                gradient.double().norm(),
                norm,
                GRADIENTS,
                relative=True)
    report.near(
        'total gradient norm',
        squares**0.5,
        content['grad_total_norm'],
        GRADIENTS,
        relative=True)
    for name, theirs in content.get('grad_small_params', {}).items():
        gradient = _gradient(report, 'gradients of small parameters', name,
                             params, renaming)
        if gradient is not None and name not in noise:
            report.near(
                'gradients of small parameters',
                gradient,
                theirs,
                GRADIENTS,
                relative=True)
    model.zero_grad()


def noise_gradients(report: Report, content: Dict[str, Any],
                    renaming: Renaming) -> List[str]:
    """Official names of weights whose gradient is zero but for rounding.

    The first self-attention of a decoder whose queries start from zero: its
    values are the bias, whatever the weights are.

    Args:
        report (Report): Takes a note of each.
        content (dict): A golden file.
        renaming (Renaming): Official names and ours.

    Returns:
        list[str]: The names.
    """
    starts = [
        row[0] for row in renaming.transformers
        if row[0] in ('transformer.decoder.', 'transformer.instance_decoder.',
                      'transformer.interaction_decoder.')
    ]
    names = [f'{start}layers.0.self_attn.in_proj_weight' for start in starts]
    for name in names:
        report.note(f'gradient of {name}', ZERO)
    return names


def _check_trained(report: Report, params: Dict[str, nn.Parameter],
                   content: Dict[str, Any], renaming: Renaming) -> None:
    ours = {name for name, param in params.items() if param.requires_grad}
    theirs = {renaming.rename(name) or name for name in content['grad_norms']}
    report.same_set('which parameters are trained', ours, theirs)
    for name in content.get('params_requires_grad_but_grad_none', []):
        if not renaming.is_dropped(name):
            report.not_compared(f'{name} without gradient',
                                'our model has this parameter')
    frozen = [
        name for name in content.get('params_frozen', [])
        if renaming.rename(name) in ours
    ]
    report.same_set('which parameters are frozen', frozen, [])


def _gradient(report: Report, row: str, name: str,
              params: Dict[str, nn.Parameter], renaming: Renaming) -> Tensor:
    """Our gradient of an official parameter, None if there is none."""
    param = params.get(renaming.rename(name) or '')
    if param is None or param.grad is None:
        report.not_compared(f'{row}: {name}', 'ours has no such gradient')
        return None
    return torch.as_tensor(param.grad)
