# Copyright (c) mmhoi contributors.
"""All comparisons of a golden model file."""
from typing import Any, Dict, List, Optional

import torch
from torch import Tensor, nn

from mmhoi.checkpoints.official.identify import find_family
from mmhoi.checkpoints.official.renaming import Renaming
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import HOIDataSample
from .forward_checks import (FEATURES, OUTPUTS, check_intermediates,
                             check_outputs, forward_parts)
from .gradient_checks import check_gradients
from .loss_checks import (LOSSES, check_loss_algebra, check_losses,
                          check_weights, losses_of)
from .matching_checks import check_matching
from .model_config import build_golden_model
from .prediction_checks import check_predictions
from .report import Report
from .samples import golden_inputs, golden_samples
from .text_checks import check_texts

#: Images whose pairs are taken away.
EDGE_CASES = {
    'first_image_empty': (0, ),
    'second_image_empty': (1, ),
    'both_empty': (0, 1)
}
#: Keys of a model file that say what to compute.
GIVEN = ('about', 'args', 'clip_cfg', 'recipe_seed', 'recipe', 'state_dict',
         'clip_state_dict', 'inputs', 'state_dict_overrides',
         'state_dict_names_shapes', 'state_dict_sum_and_l2norm')
#: Other keys that need not be compared.
NOT_RESULTS = dict(
    fp32_noise_1_vs_2_threads='how much the official code differs from itself')
COMPARED = ('hoi_label_ids', 'text_tokens', 'text_embedding_unnormalised',
            'hoi_cls_normalised_text', 'clip_visual_proj', 'outputs',
            'outputs_eval', 'outputs_train', 'intermediates',
            'intermediates_eval', 'matcher', 'weight_dict', 'empty_weight',
            'loss_dict', 'loss_weighted', 'total_loss', 'grad_norms',
            'grad_total_norm', 'grad_small_params',
            'params_requires_grad_but_grad_none', 'params_frozen',
            'postprocess', 'postprocess_eval', 'criterion_edge_cases',
            'mimic_target_clip_feats')
#: What is compared together, and so must be there together.
NEEDS = {
    'loss_dict': ('outputs_train', ),
    'matcher': ('outputs_train', ),
    'grad_norms': ('grad_total_norm', 'loss_dict'),
    'grad_small_params': ('grad_norms', ),
    'params_frozen': ('grad_norms', ),
    'params_requires_grad_but_grad_none': ('grad_norms', )
}


def renaming_of(state_dict: Dict[str, Tensor]) -> Renaming:
    """Official names and ours for the family of a state dict."""
    return find_family(state_dict).renaming


def check_model(report: Report, content: Dict[str, Any],
                state_dict: Dict[str, Tensor]) -> None:
    """Compare all that a model file holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `model` or `full_model`.
        state_dict (dict[str, Tensor]): Its official weights.

    Raises:
        KeyError: If an official parameter is unknown.
        ValueError: If there is no such model here.
    """
    _check_keys(report, content)
    model, cfg = build_golden_model(content, state_dict)
    head = model.bbox_head
    samples = golden_samples(content, head)
    space = load_label_space(cfg.bbox_head.label_space)
    check_texts(report, content, state_dict, space, model)
    parts = forward_parts(model, golden_inputs(content), samples)
    with torch.no_grad():
        outputs = head(**parts['head'])
        train_outputs = head(**parts['head'], seen_only=True)
    for key in ('intermediates', 'intermediates_eval'):
        if key in content:
            check_intermediates(report, parts, content[key])
    for key in ('outputs', 'outputs_eval', 'outputs_train'):
        if key in content:
            ours = train_outputs if key == 'outputs_train' else outputs
            check_outputs(report, key, ours, parts, content[key],
                          head.interaction_classifier.train_ids)
    for key in ('postprocess', 'postprocess_eval'):
        if key in content:
            check_predictions(report, outputs, parts, samples, head,
                              content[key])
    if 'mimic_target_clip_feats' in content:
        report.near('mimic target', parts['clip_pooled'],
                    content['mimic_target_clip_feats'], FEATURES)
    _check_training(report, content, state_dict, model, train_outputs,
                    parts['head'], samples)


def _check_keys(report: Report, content: Dict[str, Any]) -> None:
    for key in content:
        if key in NOT_RESULTS:
            report.note(key, NOT_RESULTS[key])
        elif key not in GIVEN and key not in COMPARED:
            report.not_compared(key, 'nothing compares this part of the file')
        for other in NEEDS.get(key, ()):
            if other not in content:
                report.not_compared(key, f'the file has no {other}')


def _check_training(report: Report, content: Dict[str, Any],
                    state_dict: Dict[str, Tensor], model: nn.Module,
                    outputs: Dict[str, Tensor], features: Dict[str, Tensor],
                    samples: List[HOIDataSample]) -> None:
    """Compare matching, losses and gradients."""
    head = model.bbox_head
    num_layers = len(outputs['interaction_logits'])
    for key, official in content.get('matcher', {}).items():
        layer = _layer(key, num_layers)
        if layer is None:
            report.not_compared(f'matcher {key}', 'no such layer here')
            continue
        single = {name: outputs[name][layer] for _, name, _ in OUTPUTS}
        check_matching(report, 'matcher', single, samples, head, official)
    if 'weight_dict' in content:
        check_weights(report, content['weight_dict'], head, num_layers)
    if 'empty_weight' in content:
        report.near('weights of object classes',
                    torch.tensor(head.loss_obj.class_weight),
                    content['empty_weight'], 0.0)
    if 'loss_dict' not in content:
        return
    losses = model(golden_inputs(content), samples, mode='loss')
    check_losses(report, 'loss', losses, content['loss_dict'], head, False)
    if 'loss_weighted' in content:
        check_losses(report, 'weighted loss', losses, content['loss_weighted'],
                     head, True)
    if 'total_loss' in content:
        report.near(
            'total loss',
            sum(losses.values()),
            content['total_loss'],
            LOSSES,
            relative=True)
    exact = golden_samples(content, head, dtype=torch.float64)
    if 'outputs_train' in content:
        check_loss_algebra(report, content, head, exact,
                           features['clip_feature'])
    if 'grad_norms' in content:
        check_gradients(report, model, losses, content,
                        renaming_of(state_dict))
    for name, official in content.get('criterion_edge_cases', {}).items():
        _check_edge_case(report, name, official, content, model, outputs,
                         features)


def _check_edge_case(report: Report, name: str, official: Dict[str, Any],
                     content: Dict[str, Any], model: nn.Module,
                     outputs: Dict[str,
                                   Tensor], features: Dict[str,
                                                           Tensor]) -> None:
    """Compare losses of images without pairs."""
    if name not in EDGE_CASES:
        report.not_compared(f'edge case {name}',
                            f'known are {", ".join(EDGE_CASES)}')
        return
    samples = golden_samples(content, model.bbox_head, EDGE_CASES[name])
    with torch.no_grad():
        losses = losses_of(model, features, samples)
    row = f'edge case {name}:'
    for key, theirs in official.items():
        if key == 'loss_dict':
            check_losses(report, row, losses, theirs, model.bbox_head, False)
        elif key == 'total_loss':
            report.near(
                f'{row} total loss',
                sum(losses.values()),
                theirs,
                LOSSES,
                relative=True)
        elif key == 'indices_final':
            single = {name: outputs[name][-1] for _, name, _ in OUTPUTS}
            check_matching(report, row, single, samples, model.bbox_head,
                           dict(indices=theirs))
        else:
            report.not_compared(f'{row} {key}', 'nothing compares it')


def _layer(key: str, num_layers: int) -> Optional[int]:
    """Number of the layer that a key of `matcher` names."""
    if key == 'final':
        return num_layers - 1
    number = key.rpartition('_')[2]
    valid = number.isdigit() and int(number) < num_layers - 1
    return int(number) if valid else None
