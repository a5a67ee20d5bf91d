# Copyright (c) mmhoi contributors.
"""What golden files of CDN have on top of those of QPIC."""
from typing import Any, Dict

import torch
from torch import nn

from mmhoi.registry import MODELS
from .qpic_checks import (check_matchings, check_qpic, check_weights,
                          compare_losses, qpic_forward, stacked)
from .qpic_model import REWEIGHTED, build_qpic, qpic_config, qpic_samples
from .qpic_prediction_checks import check_predictions
from .report import Report

WEIGHTS = 1e-6


def check_cdn(report: Report, content: Dict[str, Any]) -> None:
    """Compare all that a model file holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `cdn`.

    Raises:
        KeyError: If an official parameter is unknown.
        ValueError: If a setting has no counterpart here.
    """
    check_qpic(report, content)
    check_reweighting(report, content)
    if 'variant_use_matching' in content:
        _check_matching(report, content)


def check_reweighting(report: Report, content: Dict[str, Any]) -> None:
    """Compare successive losses with re-weighting, which need no model.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `cdn`.
    """
    for name, variant in content.get('variant_reweight', {}).items():
        _check_variant(report, name, variant, content)


def _check_variant(report: Report, name: str, variant: Dict[str, Any],
                   content: Dict[str, Any]) -> None:
    row = f'variant reweight {name}:'
    args = dict(content['args'], use_static_weights='static' in name)
    if 'short_queue' in name:
        args['queue_size'] = variant.get('queue_size', 3)
    for kind in REWEIGHTED:
        args[f'{kind}_reweight'] = f'{kind}_weights_init' in variant
    cfg = qpic_config(args)
    head = MODELS.build(
        dict(cfg.bbox_head, train_cfg=cfg.train_cfg, test_cfg=cfg.test_cfg))
    parts = {}
    for kind, ours in REWEIGHTED.items():
        if args[f'{kind}_reweight']:
            parts[kind] = getattr(head, f'{ours}_reweighting')
            report.near(f'{row} initial weights', parts[kind].initial,
                        variant[f'{kind}_weights_init'], WEIGHTS, True)
    outputs = stacked(content, 'outputs_train')
    empty = content['criterion_edge_cases']['image2_without_pairs']['targets']
    for i, step in enumerate(variant['steps']):
        samples = qpic_samples(content, empty if i == 1 else None,
                               torch.float64)
        given = _recorded(parts)
        losses = head.loss_by_feat(outputs, samples)
        compare_losses(report, row, losses, step['loss_dict'], head)
        report.near(
            f'{row} total loss',
            sum(losses.values()),
            step['total_loss'],
            1e-5,
            relative=True)
        for kind, (weights, handle) in given.items():
            handle.remove()
            report.near(f'{row} weights', torch.stack(weights),
                        torch.stack(step[f'{kind}_weights_per_call']), WEIGHTS,
                        True)


def _recorded(parts: Dict[str, nn.Module]) -> Dict[str, Any]:
    """By kind the weights of every call, and the handle of the record."""
    given = {}
    for kind, part in parts.items():
        weights = []
        handle = part.register_forward_hook(
            lambda module, args, output, weights=weights: weights.append(output
                                                                         ))
        given[kind] = weights, handle
    return given


def _check_matching(report: Report, content: Dict[str, Any]) -> None:
    """Compare a model that says which queries are pairs."""
    row = 'variant matching:'
    variant = content['variant_use_matching']
    full = dict(
        content,
        args=dict(content['args'], use_matching=True),
        state_dict={
            **content['state_dict'],
            **variant['extra_state']
        })
    model, samples = build_qpic(full), qpic_samples(content)
    outputs = qpic_forward(model, content, samples)[1]
    theirs = [
        *variant['aux_pred_matching_logits'], variant['pred_matching_logits']
    ]
    report.near(f'{row} logits', outputs['matching_logits'],
                torch.stack(theirs), 1e-4)
    check_matchings(report, f'{row} ', variant, model, outputs, samples)
    losses = model(dict(img=content['inputs']['images']), samples, mode='loss')
    compare_losses(report, row, losses, variant['loss_dict'], model.bbox_head)
    report.near(
        f'{row} total loss',
        sum(losses.values()),
        variant['total_loss'],
        1e-5,
        relative=True)
    check_weights(report, model.bbox_head, variant['weight_dict'])
    check_predictions(report, dict(variant, args=full['args']), model, outputs,
                      samples, f'{row} ')
