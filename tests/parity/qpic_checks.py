# Copyright (c) mmhoi contributors.
"""All comparisons of a golden file of QPIC, or of CDN, which is alike."""
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor, nn

from mmhoi.models.utils.padding_mask import padding_mask
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample
from .forward_checks import check_intermediates
from .gradient_checks import check_gradients
from .loss_checks import LOSSES
from .matching_checks import check_matching
from .qpic_model import build_qpic, qpic_samples, renaming_of
from .qpic_prediction_checks import check_predictions
from .report import Report
from .trajectory import train_steps

#: Official output, ours, tolerance.
OUTPUTS = (
    ('pred_verb_logits', 'interaction_logits', 1e-4),
    ('pred_obj_logits', 'obj_logits', 1e-4),
    ('pred_sub_boxes', 'sub_bboxes', 2e-5),
    ('pred_obj_boxes', 'obj_bboxes', 2e-5),
)
#: The same, of a CDN that has it.
MATCHING = ('pred_matching_logits', 'matching_logits', 1e-4)
ALL_OUTPUTS = (*OUTPUTS, MATCHING)
#: Official loss, ours, attribute of the head with its weight.
LOSS_NAMES = {
    'loss_verb_ce': ('loss_hoi', 'loss_hoi'),
    'loss_obj_ce': ('loss_obj', 'loss_obj'),
    'loss_sub_bbox': ('loss_sub_bbox', 'loss_bbox'),
    'loss_obj_bbox': ('loss_obj_bbox', 'loss_bbox'),
    'loss_sub_giou': ('loss_sub_iou', 'loss_iou'),
    'loss_obj_giou': ('loss_obj_iou', 'loss_iou'),
    'loss_matching': ('loss_matching', 'loss_matching'),
}
#: What is read or compared of a file of QPIC, and of one of CDN.
KNOWN = ('method', 'source_commit', 'fill_seed', 'args', 'state_dict',
         'inputs', 'correct_mat', 'outputs_eval', 'outputs_train',
         'intermediates_eval', 'matcher', 'postprocess_eval',
         'evaluator_ranking', 'evaluator_ranking_pnms', 'loss_dict',
         'loss_weighted', 'total_loss', 'weight_dict', 'grad_norms',
         'grad_total_norm', 'grad_small_params', 'params_frozen',
         'params_requires_grad_but_grad_none', 'criterion_edge_cases',
         'variant_verb_loss_bce', 'variant_reweight', 'variant_use_matching')
LEFT_OUT = dict(
    fp32_noise_1_vs_2_threads='how much the official code differs from itself',
    vcoco_official_detections='not made by the model',
    vcoco_official_detections_pnms='not made by the model')
LOGGED_ONLY = ('obj_class_error', 'obj_cardinality_error', 'matching_error')
#: Of the total loss of successive training steps, which amplify rounding.
STEP_TOLERANCES = (1e-3, 1e-2, 5e-2)


def check_qpic(report: Report, content: Dict[str, Any]) -> None:
    """Compare all that a model file holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `qpic`.

    Raises:
        KeyError: If an official parameter is unknown.
        ValueError: If a setting has no counterpart here.
    """
    model, samples = build_qpic(content), qpic_samples(content)
    parts, outputs = qpic_forward(model, content, samples)
    check_intermediates(report, parts, content.get('intermediates_eval', {}))
    for key in ('outputs_eval', 'outputs_train'):
        check_qpic_outputs(report, key, outputs, content.get(key, {}))
    check_matchings(report, '', content, model, outputs, samples)
    _check_correct(report, content, model)
    check_predictions(report, content, model, outputs, samples)
    _check_losses(report, content, model, outputs, samples)
    for key in content:
        if key in LEFT_OUT:
            report.note(key, LEFT_OUT[key])
        elif key not in KNOWN:
            report.not_compared(key, 'nothing compares this part of the file')


def check_matchings(report: Report, row: str, content: Dict[str, Any],
                    model: nn.Module, outputs: Dict[str, Tensor],
                    samples: List[HOIDataSample]) -> None:
    """Compare the matching of all layers; `outputs` are the head's."""
    for key, official in content.get('matcher', {}).items():
        layer = -1 if key == 'final' else int(key.rpartition('_')[2])
        single = {
            name: outputs[name][layer]
            for name in model.bbox_head.matched_by
        }
        check_matching(report, f'{row}matcher {key}', single, samples,
                       model.bbox_head, official)


@torch.no_grad()
def qpic_forward(
    model: nn.Module, content: Dict[str, Any], samples: List[HOIDataSample]
) -> Tuple[Dict[str, Tensor], Dict[str, Tensor]]:
    """Run our model step by step.

    Args:
        model (QueryPairDetector): In eval mode.
        content (dict): The file.
        samples (list[HOIDataSample]): The images.

    Returns:
        tuple[dict, dict]: Intermediate values by their official name, and the
        raw outputs of the head.
    """
    images = content['inputs']['images']
    layers, parts = {}, {}
    kinds = dict(encoder=model.encoder, decoder=model.decoder)
    second = model.interaction_decoder
    if second is not None:
        kinds['interaction'] = second
    hooks = [
        layer.register_forward_hook(
            lambda _, args, output, name=f'{kind}_layer_{i}': layers.update(
                {name: output})) for kind, part in kinds.items()
        for i, layer in enumerate(part.layers)
    ]
    feats = model.backbone(images)
    parts['backbone_layer4'] = feats[-1]
    feats = model.neck(feats)
    parts['input_proj'] = feats[-1]
    size = feats[-1].shape[-2:]
    mask = padding_mask(samples, images.device)
    states = model.forward_instances(feats[-1], mask)
    hidden = interactions = states['sub_states']
    if second is not None:
        interactions = second(states)
        parts['hopd_decoder_normed_layers_QBD'] = hidden.transpose(1, 2)
        parts['interaction_decoder_normed_layers_QBD'] = (
            interactions.transpose(1, 2))
    for hook in hooks:
        hook.remove()
    mask = states['memory_mask']
    if mask is None:
        mask = torch.zeros(len(images), *size, dtype=torch.bool)
    parts['feature_mask'] = mask.view(len(images), *size)
    parts['pos_embed'] = states['memory_pos'].mT.unflatten(-1, size)
    parts['encoder_memory_LBD'] = states['memory'].transpose(1, 0)
    for name, value in layers.items():
        end = '_LBD' if name.startswith('encoder') else '_before_norm_QBD'
        parts[name + end] = value.transpose(1, 0)
    parts['decoder_normed_layers_QBD'] = hidden.transpose(1, 2)
    parts['sub_bbox_logits'] = model.bbox_head.sub_reg(hidden)
    parts['obj_bbox_logits'] = model.bbox_head.obj_reg(hidden)
    return parts, model.bbox_head(hidden, hidden, interactions)


def check_qpic_outputs(report: Report,
                       row: str,
                       outputs: Dict[str, Tensor],
                       official: Dict[str, Any],
                       factor: float = 1.0) -> None:
    """Compare the raw outputs of all layers.

    Args:
        report (Report): Takes the comparisons.
        row (str): Start of the rows' names.
        outputs (dict): What our head returns.
        official (dict): Outputs of the last layer and `aux_outputs`.
        factor (float): Factor of all tolerances. Defaults to 1.0.
    """
    if not official:
        return
    layers = [*official.get('aux_outputs', []), official]
    count = len(outputs['obj_logits'])
    if len(layers) != count:
        report.not_compared(
            f'{row} aux_outputs', f'the file has {len(layers) - 1} layers '
            f'before the last, ours {count - 1}')
        layers = layers[-1:]
    named = {theirs for theirs, ours, _ in ALL_OUTPUTS if ours in outputs}
    for name in sorted((set(official) - {'aux_outputs'}) ^ named):
        report.not_compared(f'{row} {name}',
                            'either the file or our model has no such output')
    for layer, theirs in enumerate(layers, -len(layers)):
        for name, ours, tolerance in ALL_OUTPUTS:
            if name in theirs and ours in outputs:
                report.near(f'{row} {name}', outputs[ours][layer],
                            theirs[name], tolerance * factor)


def _check_correct(report: Report, content: Dict[str, Any],
                   model: nn.Module) -> None:
    """Which objects a verb may have."""
    if 'correct_mat' not in content:
        return
    theirs = content['correct_mat']
    classifier = model.bbox_head.interaction_classifier
    ours = torch.zeros(len(theirs), theirs.shape[1] + 1)
    ours[classifier.hoi_verbs, classifier.hoi_objects] = 1
    report.equal('verbs of each object', ours[:, :-1].double(),
                 theirs.double())


def _check_losses(report: Report, content: Dict[str, Any], model: nn.Module,
                  outputs: Dict[str,
                                Tensor], samples: List[HOIDataSample]) -> None:
    """Compare losses, their weights and gradients."""
    head = model.bbox_head
    check_weights(report, head, content.get('weight_dict', {}))
    if 'loss_dict' in content:
        inputs = dict(img=content['inputs']['images'])
        losses = model(inputs, samples, mode='loss')
        compare_losses(report, 'loss', losses, content['loss_dict'], head)
        compare_losses(report, 'weighted loss', losses,
                       content.get('loss_weighted', {}), None)
        report.near(
            'total loss',
            sum(losses.values()),
            content['total_loss'],
            LOSSES,
            relative=True)
        if 'grad_norms' in content:
            check_gradients(report, model, losses, content,
                            renaming_of(content))
    for name, case in content.get('criterion_edge_cases', {}).items():
        _check_edge_case(report, name, case, content, model)
    if 'variant_verb_loss_bce' in content:
        variant = content['variant_verb_loss_bce']
        kept, head.loss_hoi = head.loss_hoi, MODELS.build(
            dict(type='InteractionMeanBCELoss'))
        losses = head.loss_by_feat(
            stacked(content, 'outputs_train'),
            qpic_samples(content, dtype=torch.float64))
        head.loss_hoi = kept
        compare_losses(report, 'variant bce', losses,
                       variant.get('loss_dict', variant), head)


def check_weights(report: Report, head: nn.Module,
                  official: Dict[str, float]) -> None:
    """Compare the weights of losses, by their official names."""
    for name, theirs in official.items():
        report.near('weights of the losses',
                    head.get_submodule(_our_loss(name)[1]).loss_weight, theirs,
                    0.0)


def _check_edge_case(report: Report, name: str, case: Dict[str, Any],
                     content: Dict[str, Any], model: nn.Module) -> None:
    """Compare losses of the official outputs with other annotations."""
    row = f'edge case {name}:'
    samples = qpic_samples(content, case['targets'], torch.float64)
    outputs = stacked(content, 'outputs_train')
    if 'matcher_final' in case:
        single = {name: value[-1].float() for name, value in outputs.items()}
        found = case['matcher_final']
        found = found if isinstance(found, dict) else dict(indices=found)
        check_matching(report, row, single,
                       qpic_samples(content, case['targets']), model.bbox_head,
                       found)
    losses = model.bbox_head.loss_by_feat(outputs, samples)
    compare_losses(report, row, losses, case['loss_dict'], model.bbox_head)
    report.near(
        f'{row} total loss',
        sum(losses.values()),
        case['total_loss'],
        LOSSES,
        relative=True)


def stacked(content: Dict[str, Any], key: str) -> Dict[str, Tensor]:
    """Official outputs of all layers as ours, float64."""
    official = content[key]
    layers = [*official.get('aux_outputs', []), official]
    return {
        ours: torch.stack([layer[theirs] for layer in layers]).double()
        for theirs, ours, _ in _known(official)
    }


def _known(official: Dict[str, Any]) -> Tuple[Tuple[str, str, float], ...]:
    return ALL_OUTPUTS if MATCHING[0] in official else OUTPUTS


def _our_loss(official: str) -> Tuple[str, str]:
    """Our name of an official loss, and the attribute that weighs it."""
    if official in LOSS_NAMES:
        return LOSS_NAMES[official]
    name, _, layer = official.rpartition('_')
    ours, part = LOSS_NAMES[name]
    return f'd{layer}.{ours}', part


def compare_losses(report: Report, row: str, ours: Dict[str, Tensor],
                   official: Dict[str, Any], head: nn.Module) -> None:
    """Compare single losses, official ones without weight if a head is given.
    """
    compared = set()
    for name, theirs in official.items():
        if name.startswith(LOGGED_ONLY):
            report.note(', '.join(LOGGED_ONLY), 'for the log only, no losses')
            continue
        our_name, part = _our_loss(name)
        compared.add(our_name)
        weight = head.get_submodule(part).loss_weight if head else 1.0
        report.near(
            f'{row} {name}',
            ours[our_name].double() / weight,
            theirs,
            LOSSES,
            relative=True)
    for name in sorted(set(ours) - compared) if official else ():
        report.not_compared(f'{row} {name}', 'the file has no such loss')


def check_qpic_training(report: Report, content: Dict[str, Any],
                        first: Dict[str, Any]) -> None:
    """Compare some training steps.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `qpic_train`.
        first (dict): The model file that training starts from.
    """
    args = {**first['args'], **content['args']}
    # Dropout is off, as in the official run.
    model = build_qpic(dict(first, args={**args, 'dropout': 0.0}))
    history = train_steps(model, dict(img=first['inputs']['images']),
                          qpic_samples(first), content['args'],
                          len(content['total_loss']))
    for i, (step, tolerance) in enumerate(zip(history, STEP_TOLERANCES)):
        total = content['total_loss'][i]
        report.near(
            f'step {i + 1}: total loss',
            step['total'],
            total,
            tolerance,
            relative=True)
        for name, theirs in content['loss_dict_per_step'][i].items():
            if name.startswith(LOGGED_ONLY):
                continue
            ours, part = _our_loss(name)
            weight = model.bbox_head.get_submodule(part).loss_weight
            report.near(f'step {i + 1}: single losses / total loss',
                        step[ours] / total, theirs * weight / total, tolerance)
