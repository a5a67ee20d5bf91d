# Copyright (c) mmhoi contributors.
"""Some training steps against those of official models."""
from copy import deepcopy
from typing import Any, Dict, List

import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from tqdm import trange

from mmhoi.checkpoints.official.renaming import Renaming
from mmhoi.structures import HOIDataSample
from .gradient_checks import noise_gradients
from .loss_checks import LOGGED_ONLY, our_loss
from .model_config import CONFIGS
from .report import Report

SCHEDULE = '_base_/schedules/schedule_90e.py'
#: Up to this step, and after it, where rounding has been amplified.
EARLY = 15
EARLY_TOLERANCE, LATE_TOLERANCE = 1e-4, 2e-4
NORMS, CHANGES = 1e-4, 1e-2
#: All that a file of this kind holds.
TRAIN_KEYS = ('about', 'args', 'optimizer', 'initial_state', 'total_loss',
              'grad_norm_before_clip', 'loss_dict_per_step',
              'final_state_norms', 'final_minus_initial_norms',
              'final_small_params', 'outputs_eval_after',
              'fp32_noise_1_vs_2_threads')


def train_steps(model: nn.Module, inputs: Dict[str, Tensor],
                samples: List[HOIDataSample], settings: Dict[str, Any],
                num_steps: int) -> List[Dict[str, float]]:
    """Train on one batch, with the optimiser of the repository's schedule.

    Args:
        model (HOIDetector): The model; it is trained.
        inputs (dict[str, Tensor]): The batch.
        samples (list[HOIDataSample]): With annotated pairs.
        settings (dict): `lr`, `lr_backbone`, `weight_decay`,
            `clip_max_norm` of the official program.
        num_steps (int): Number of steps.

    Returns:
        list[dict[str, float]]: Weighted losses of each step, their sum
        `total` and the norm of all gradients `grad_norm` before clipping.
    """
    optimizer = build_optimizer(model, settings)
    params = [param for param in model.parameters() if param.requires_grad]
    history = []
    model.train()
    for _ in trange(num_steps, desc='training steps', leave=False):
        losses = model(inputs, samples, mode='loss')
        total = sum(losses.values())
        optimizer.zero_grad()
        total.backward()
        norm = clip_grad_norm_(params, settings['clip_max_norm'])
        optimizer.step()
        step = {name: value.item() for name, value in losses.items()}
        history.append(dict(step, total=total.item(), grad_norm=norm.item()))
    model.eval()
    return history


def build_optimizer(model: nn.Module,
                    settings: Dict[str, Any]) -> torch.optim.Optimizer:
    """The optimiser of the repository's schedule with other rates.

    Args:
        model (HOIDetector): The model.
        settings (dict): As in `train_steps`.

    Returns:
        Optimizer: AdamW with a lower rate for the backbone.
    """
    cfg = Config.fromfile(CONFIGS / SCHEDULE).optim_wrapper
    cfg.optimizer.lr = settings['lr']
    cfg.optimizer.weight_decay = settings['weight_decay']
    cfg.paramwise_cfg.custom_keys.backbone.lr_mult = (
        settings['lr_backbone'] / settings['lr'])
    return build_optim_wrapper(model, cfg).optimizer


def check_settings(report: Report, content: Dict[str, Any]) -> None:
    """Refuse an optimiser that is not the one of `train_steps`.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `train`.
    """
    optimizer, args = content['optimizer'], content['args']
    if not optimizer['type'].endswith('AdamW'):
        report.not_compared('optimizer', f'{optimizer["type"]}, ours is AdamW')
    for name in ('lr', 'lr_backbone', 'weight_decay', 'clip_max_norm'):
        report.near('optimizer: settings', args[name], optimizer[name], 0.0)
    report.near('optimizer: settings', [0.9, 0.999, 1e-8],
                [*optimizer['betas'], optimizer['eps']], 0.0)


def check_trajectory(report: Report, model: nn.Module, history: List[Dict],
                     initial: Dict[str, Tensor], content: Dict[str, Any],
                     renaming: Renaming) -> None:
    """Compare losses of all steps and what became of the weights.

    Args:
        report (Report): Takes the comparisons.
        model (HOIDetector): After training.
        history (list[dict]): Of `train_steps`.
        initial (dict[str, Tensor]): State dict of the model before.
        content (dict): A golden file of the kind `train`.
        renaming (Renaming): Official names and ours.
    """
    num_layers = sum(name.endswith('loss_hoi') for name in history[0])
    for i, step in enumerate(history):
        late = i + 1 > EARLY
        row = f'steps {EARLY + 1 if late else 1} to ' \
            f'{len(history) if late else EARLY}'
        tolerance = LATE_TOLERANCE if late else EARLY_TOLERANCE
        report.near(
            f'{row}: total loss',
            step['total'],
            content['total_loss'][i],
            tolerance,
            relative=True)
        # Noise of a norm of gradients is that of the largest of them.
        report.near(
            f'{row}: gradient norm',
            step['grad_norm'],
            content['grad_norm_before_clip'][i],
            1e-3,
            relative=True)
        for name, theirs in content['loss_dict_per_step'][i].items():
            if name.startswith('loss_'):
                ours, part = our_loss(name, num_layers)
                weight = model.bbox_head.get_submodule(part).loss_weight
                report.near(f'{row}: single losses / total loss',
                            step[ours] / content['total_loss'][i],
                            theirs * weight / content['total_loss'][i],
                            tolerance)
    report.note(', '.join(LOGGED_ONLY), 'for the log only, no losses')
    _check_weights(report, model.state_dict(), initial, content, renaming)


def _check_weights(report: Report, final: Dict[str, Tensor],
                   initial: Dict[str, Tensor], content: Dict[str, Any],
                   renaming: Renaming) -> None:
    noise = noise_gradients(report, content, renaming)
    rows = (('final_state_norms', 'norms of final weights', NORMS),
            ('final_minus_initial_norms', 'norms of changes of weights',
             CHANGES), ('final_small_params', 'small final weights', NORMS))
    for key, row, tolerance in rows:
        for name, theirs in content.get(key, {}).items():
            ours = renaming.rename(name)
            if name in noise or renaming.is_dropped(name):
                continue
            if ours not in final:
                report.not_compared(f'{row}: {name}', 'ours has none')
                continue
            value = final[ours].double()
            if key == 'final_minus_initial_norms':
                value = value - initial[ours].double()
            if key != 'final_small_params':
                value = value.norm()
            report.near(row, value, theirs, tolerance, relative=True)
    report.note('final weights of unused parameters',
                'our model has none of these')


def snapshot(model: nn.Module) -> Dict[str, Tensor]:
    """A copy of a model's state dict."""
    return deepcopy(model.state_dict())
