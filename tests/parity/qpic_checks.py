# Copyright (c) mmhoi contributors.
"""All comparisons of a golden file of QPIC."""
from typing import Any, Dict, List, Tuple

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.config import Config, ConfigDict
from torch import Tensor, nn

from mmhoi.checkpoints.official.qpic import QPIC
from mmhoi.models.heads.object_scores import object_scores
from mmhoi.models.task_modules.assigners.hoi_match_cost import box_scale
from mmhoi.models.utils.padding_mask import padding_mask
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample
from .forward_checks import check_intermediates
from .gradient_checks import check_gradients
from .loss_checks import LOSSES
from .matching_checks import check_matching
from .model_config import CONFIGS, REQUIRED, resize, set_losses
from .report import Report
from .samples import make_sample
from .trajectory import train_steps

#: Official output, ours, tolerance.
OUTPUTS = (
    ('pred_verb_logits', 'interaction_logits', 1e-4),
    ('pred_obj_logits', 'obj_logits', 1e-4),
    ('pred_sub_boxes', 'sub_bboxes', 2e-5),
    ('pred_obj_boxes', 'obj_bboxes', 2e-5),
)
#: Official loss, ours, attribute of the head with its weight.
LOSS_NAMES = {
    'loss_verb_ce': ('loss_hoi', 'loss_hoi'),
    'loss_obj_ce': ('loss_obj', 'loss_obj'),
    'loss_sub_bbox': ('loss_sub_bbox', 'loss_bbox'),
    'loss_obj_bbox': ('loss_obj_bbox', 'loss_bbox'),
    'loss_sub_giou': ('loss_sub_iou', 'loss_iou'),
    'loss_obj_giou': ('loss_obj_iou', 'loss_iou'),
}
LOGGED_ONLY = ('obj_class_error', 'obj_cardinality_error')
SCORES = 1e-5
#: Of the total loss of successive training steps, which amplify rounding.
STEP_TOLERANCES = (1e-3, 1e-2, 5e-2)
#: Scores as close as this may change places in a ranking.
TIES = 1e-6


def qpic_config(args: Dict[str, Any]) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        args (dict): The official program's arguments.

    Returns:
        ConfigDict: The entry `model` of a config.

    Raises:
        ValueError: If a setting has no counterpart here.
    """
    for key, value in REQUIRED.items():
        if key in args and args[key] != value:
            raise ValueError(f'args.{key}={args[key]!r} of the golden file '
                             f'has no counterpart here; allowed: {value!r}')
    register_all_modules()
    cfg = Config.fromfile(CONFIGS / '_base_/models/qpic_r50.py').model
    hidden = args['hidden_dim']
    resize(cfg.encoder, args, args['enc_layers'], hidden)
    resize(cfg.decoder, args, args['dec_layers'], hidden)
    cfg.neck.out_channels = hidden
    cfg.positional_encoding.num_feats = hidden // 2
    cfg.num_queries = args['num_queries']
    cfg.backbone.depth = int(args['backbone'].replace('resnet', ''))
    # 80 COCO objects, with or without the class "no object".
    space = 'vcoco' if args['num_obj_classes'] == 81 else 'hico_det'
    cfg.bbox_head.update(embed_dims=hidden, label_space=space)
    cfg.bbox_head.loss_obj.bg_cls_weight = args['eos_coef']
    cfg.bbox_head.loss_hoi.loss_weight = args['verb_loss_coef']
    set_losses(cfg, args, args['set_cost_verb_class'])
    return cfg


def build_qpic(content: Dict[str, Any]) -> nn.Module:
    """Our QPIC with the weights of a golden file, in eval mode.

    Args:
        content (dict): The file.

    Returns:
        nn.Module: The model.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    model = MODELS.build(qpic_config(content['args']))
    state = QPIC.renaming.rename_all(content['state_dict'], QPIC.title)
    counters = {
        name: value
        for name, value in model.state_dict().items()
        if name.endswith('num_batches_tracked')
    }
    model.load_state_dict({**counters, **state}, strict=True)
    return model.eval()


def qpic_samples(content: Dict[str, Any],
                 targets: List[Dict[str, Tensor]] = None,
                 dtype: torch.dtype = torch.float32) -> List[HOIDataSample]:
    """Data samples of the batch.

    Args:
        content (dict): The file.
        targets (list[dict], optional): Annotations of the images. Defaults to
            None: those of the batch.
        dtype (torch.dtype): Of boxes and labels. Defaults to float32.

    Returns:
        list[HOIDataSample]: With `gt_hoi_instances`.
    """
    inputs = content['inputs']
    samples = []
    for i, target in enumerate(targets or inputs['targets']):
        target = {
            name: value.to(dtype) if value.is_floating_point() else value
            for name, value in target.items()
        }
        samples.append(
            make_sample(
                inputs['images'].shape[-2:],
                [int(x) for x in inputs['image_sizes_hw'][i]],
                [int(x) for x in inputs['orig_sizes'][i]],
                target,
                label_field='verb_labels'))
    return samples


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
    for key, official in content.get('matcher', {}).items():
        layer = -1 if key == 'final' else int(key.rpartition('_')[2])
        single = {ours: outputs[ours][layer] for _, ours, _ in OUTPUTS}
        check_matching(report, f'matcher {key}', single, samples,
                       model.bbox_head, official)
    _check_correct(report, content, model)
    _check_predictions(report, content, model, outputs, samples)
    _check_losses(report, content, model, outputs, samples)
    for key in ('fp32_noise_1_vs_2_threads', 'vcoco_official_detections'):
        if key in content:
            report.note(key, 'not made by the model')


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
    hooks = [
        layer.register_forward_hook(
            lambda _, args, output, name=f'{kind}_layer_{i}': layers.update(
                {name: output})) for kind in ('encoder', 'decoder')
        for i, layer in enumerate(getattr(model, kind).layers)
    ]
    feats = model.backbone(images)
    parts['backbone_layer4'] = feats[-1]
    feats = model.neck(feats)
    parts['input_proj'] = feats[-1]
    size = feats[-1].shape[-2:]
    mask = padding_mask(samples, images.device)
    states = model.forward_instances(feats[-1], mask)
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
    hidden = states['sub_states']
    parts['decoder_normed_layers_QBD'] = hidden.transpose(1, 2)
    parts['sub_bbox_logits'] = model.bbox_head.sub_reg(hidden)
    parts['obj_bbox_logits'] = model.bbox_head.obj_reg(hidden)
    return parts, model.bbox_head(hidden, hidden, hidden)


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
    layers = [*official.get('aux_outputs', []), official] if official else []
    for layer, theirs in enumerate(layers, -len(layers)):
        for name, ours, tolerance in OUTPUTS:
            report.near(f'{row} {name}', outputs[ours][layer], theirs[name],
                        tolerance * factor)


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


def _check_predictions(report: Report, content: Dict[str, Any],
                       model: nn.Module, outputs: Dict[str, Tensor],
                       samples: List[HOIDataSample]) -> None:
    """Compare post-processed outputs, and the ranking made of them."""
    head = model.bbox_head
    scores = object_scores(outputs['obj_logits'][-1], 'softmax')[..., :-1]
    best_scores, best = scores.max(-1)
    verbs = outputs['interaction_logits'][-1].sigmoid() * best_scores[...,
                                                                      None]
    for i, theirs in enumerate(content.get('postprocess_eval', [])):
        count = len(best[i])
        scale = box_scale(samples[i].ori_shape, scores)
        boxes = bbox_cxcywh_to_xyxy(
            torch.cat(
                [outputs[f'{part}_bboxes'][-1, i] for part in ('sub', 'obj')]))
        report.equal('post-processing: labels',
                     torch.cat([torch.zeros_like(best[i]), best[i]]),
                     theirs['labels'])
        report.near('post-processing: boxes / image size', boxes,
                    theirs['boxes'] / scale, 2e-5)
        report.near('post-processing: verb_scores', verbs[i],
                    theirs['verb_scores'], SCORES)
        report.equal('post-processing: sub_ids', torch.arange(count),
                     theirs['sub_ids'])
        report.equal('post-processing: obj_ids',
                     torch.arange(count) + count, theirs['obj_ids'])
    predictions = head.predict_by_feat(outputs, samples)
    for pred, theirs in zip(predictions, content.get('evaluator_ranking', [])):
        # The official ranking fills up with impossible pairs of score 0.
        kept = theirs['scores'] > 0
        count = int(kept.sum())
        report.near('ranking: scores', pred.scores[:count],
                    theirs['scores'][kept].float(), SCORES)
        sure = theirs['scores'] > theirs['scores'][kept].min() + TIES
        official = zip(theirs['sub_ids'][sure].tolist(),
                       theirs['verbs'][sure].tolist())
        ours = set(zip(pred.query_inds.tolist(), pred.verb_labels.tolist()))
        report.same_set('ranking: missing (query, verb)',
                        set(official) - ours, [])


def _check_losses(report: Report, content: Dict[str, Any], model: nn.Module,
                  outputs: Dict[str,
                                Tensor], samples: List[HOIDataSample]) -> None:
    """Compare losses, their weights and gradients."""
    head = model.bbox_head
    for name, theirs in content.get('weight_dict', {}).items():
        ours, part = _our_loss(name)
        report.near('weights of the losses',
                    head.get_submodule(part).loss_weight, theirs, 0.0)
    if 'loss_dict' in content:
        inputs = dict(img=content['inputs']['images'])
        losses = model(inputs, samples, mode='loss')
        _compare(report, 'loss', losses, content['loss_dict'], head)
        _compare(report, 'weighted loss', losses,
                 content.get('loss_weighted', {}), None)
        report.near(
            'total loss',
            sum(losses.values()),
            content['total_loss'],
            LOSSES,
            relative=True)
        if 'grad_norms' in content:
            check_gradients(report, model, losses, content, QPIC.renaming)
    for name, case in content.get('criterion_edge_cases', {}).items():
        _check_edge_case(report, name, case, content, model)
    if 'variant_verb_loss_bce' in content:
        variant = content['variant_verb_loss_bce']
        kept, head.loss_hoi = head.loss_hoi, MODELS.build(
            dict(type='InteractionMeanBCELoss'))
        losses = head.loss_by_feat(
            _stacked(content, 'outputs_train'),
            qpic_samples(content, dtype=torch.float64))
        head.loss_hoi = kept
        _compare(report, 'variant bce', losses,
                 variant.get('loss_dict', variant), head)


def _check_edge_case(report: Report, name: str, case: Dict[str, Any],
                     content: Dict[str, Any], model: nn.Module) -> None:
    """Compare losses of the official outputs with other annotations."""
    row = f'edge case {name}:'
    samples = qpic_samples(content, case['targets'], torch.float64)
    outputs = _stacked(content, 'outputs_train')
    if 'matcher_final' in case:
        single = {ours: outputs[ours][-1].float() for _, ours, _ in OUTPUTS}
        found = case['matcher_final']
        found = found if isinstance(found, dict) else dict(indices=found)
        check_matching(report, row, single,
                       qpic_samples(content, case['targets']), model.bbox_head,
                       found)
    losses = model.bbox_head.loss_by_feat(outputs, samples)
    _compare(report, row, losses, case['loss_dict'], model.bbox_head)
    report.near(
        f'{row} total loss',
        sum(losses.values()),
        case['total_loss'],
        LOSSES,
        relative=True)


def _stacked(content: Dict[str, Any], key: str) -> Dict[str, Tensor]:
    """Official outputs of all layers as ours, float64."""
    official = content[key]
    layers = [*official.get('aux_outputs', []), official]
    return {
        ours: torch.stack([layer[theirs] for layer in layers]).double()
        for theirs, ours, _ in OUTPUTS
    }


def _our_loss(official: str) -> Tuple[str, str]:
    """Our name of an official loss, and the attribute that weighs it."""
    if official in LOSS_NAMES:
        return LOSS_NAMES[official]
    name, _, layer = official.rpartition('_')
    ours, part = LOSS_NAMES[name]
    return f'd{layer}.{ours}', part


def _compare(report: Report, row: str, ours: Dict[str, Tensor],
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
