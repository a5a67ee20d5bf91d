# Copyright (c) mmhoi contributors.
"""All comparisons of a golden file of UPT: the head alone, or with DETR."""
from typing import Any, Dict, List, Sequence

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.config import Config, ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.models.detectors.detector_reading import read_detector
from mmhoi.models.heads.upt import pair36
from mmhoi.models.losses.prior_focal_loss import calibrated_logits
from mmhoi.models.official.upt import from_official_upt
from mmhoi.models.proposals import InstanceSelector, pair_indices
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample, PairProposals
from mmhoi.utils import register_all_modules
from .model_config import CONFIGS
from .report import Report

#: Tolerances of the file's README.
LOGITS, GRADIENTS, PIXELS = 1e-5, 1e-3, 5e-3
#: Where the detector ran here, too.
FROM_IMAGES = 2e-4
#: Images of the batch of a head file; the others are edge cases.
HEAD_BATCH = 6
HEAD = 'interaction_head.'
#: What says what to compute.
GIVEN = ('method', 'source_commit', 'fill_seed', 'channels', 'args',
         'object_to_target', 'state_dict', 'inputs', 'detector_results',
         'region_props', 'analytically_zero_gradients')
COMPARED = ('proposals', 'detector_intermediates', 'outputs_eval',
            'outputs_train', 'intermediates_eval', 'association_labels',
            'postprocess_eval_one_image_at_a_time', 'loss_parts', 'loss_dict',
            'total_loss', 'grad_norms', 'grad_total_norm', 'grad_small_params',
            'params_requires_grad_but_grad_none', 'params_frozen',
            'edge_cases')
#: Parts of a file that are given, or compared by nobody, and why.
LEFT_OUT = dict(
    fp32_noise_1_vs_2_threads='how much the official code differs from itself',
    evaluation_helpers='mAP is that of the evaluation, which has its own',
    postprocess_eval_batched='images vanish from it, see FIDELITY_2',
    detections_eval='the same as postprocess_eval_one_image_at_a_time',
    training_call_loss='the same as total_loss')


def upt_config(args: Dict[str, Any], global_dims: int) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        args (dict): The official program's arguments.
        global_dims (int): Channels of the feature map.

    Returns:
        ConfigDict: The entry `model` of a config.
    """
    register_all_modules()
    cfg = Config.fromfile(CONFIGS / '_base_/models/upt_r50.py').model
    width = args['hidden_dim']
    cfg.interaction_head.update(
        embed_dims=width,
        global_dims=global_dims,
        pair_dims=args['repr_dim'],
        loss_hoi=dict(
            type='PriorFocalLoss',
            alpha=args['alpha'],
            gamma=args['gamma'],
            clamp_num_pos=False))
    cfg.train_cfg.assigner.iou_thr = args['fg_iou_thresh']
    cfg.pair_proposer.selector.update(
        score_thr=args['box_score_thresh'],
        min_instances=args['min_instances'],
        max_instances=args['max_instances'],
        human_label=args['human_idx'])
    detector = cfg.detector
    detector.num_queries = args['num_queries']
    detector.neck.out_channels = detector.bbox_head.embed_dims = width
    detector.positional_encoding.num_feats = width // 2
    for part, layers in (('encoder', 'enc_layers'), ('decoder', 'dec_layers')):
        detector[part].num_layers = args[layers]
        for name, layer in detector[part].layer_cfg.items():
            layer.embed_dims = width
            if name == 'ffn_cfg':
                layer.feedforward_channels = args['dim_feedforward']
            else:
                layer.num_heads = args['nheads']
    return cfg


def build_upt(content: Dict[str, Any]) -> nn.Module:
    """Our UPT with the weights of a golden file, in eval mode.

    Args:
        content (dict): The file.

    Returns:
        nn.Module: A `TwoStageHOIDetector`; of a head file an `UPTHead`.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    cfg = upt_config(content['args'], content.get('channels', 2048))
    state = from_official_upt(content['state_dict'])
    if 'channels' in content:
        model = MODELS.build(
            dict(
                train_cfg=cfg.train_cfg,
                test_cfg=cfg.test_cfg,
                **cfg.interaction_head))
        state = {name[len(HEAD):]: value for name, value in state.items()}
    else:
        model = MODELS.build(cfg)
        state.update({
            name: value
            for name, value in model.state_dict().items()
            if name.endswith('num_batches_tracked')
        })
    model.load_state_dict(state, strict=True)
    return model.eval()


def check_upt(report: Report, content: Dict[str, Any]) -> None:
    """Compare all that a file of UPT holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): The file, as `read_golden` returns it.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    for key in content:
        if key in LEFT_OUT:
            report.note(key, LEFT_OUT[key])
        elif key not in GIVEN and key not in COMPARED:
            report.not_compared(key, 'nothing compares this part of the file')
    model = build_upt(content)
    head = getattr(model, 'interaction_head', model)
    check_table(report, head, content['object_to_target'])
    if head is model:
        check_proposals(report, content)
        batch = head_inputs(content, range(HEAD_BATCH))
    else:
        batch = _check_detector(report, model, content)
    with torch.no_grad():
        logits = head(**batch)['logits']
    for key in 'outputs_eval', 'outputs_train':
        report.near(f'{key}: logits', logits, content[key]['logits'], LOGITS)
    check_results(report, head, batch['proposals'], logits, content)
    _check_intermediates(report, head, batch, content['intermediates_eval'])
    samples = golden_samples(content, range(len(batch['proposals'])))
    _check_gradients(report, head, batch, samples, content)
    for name, case in content.get('edge_cases', {}).items():
        _check_edge_case(report, f'edge case {name}', head, content, case)


def check_results(report: Report, head: nn.Module,
                  proposals: List[PairProposals], logits: Tensor,
                  content: Dict[str, Any]) -> None:
    """Compare all that follows from the logits.

    Args:
        report (Report): Takes the comparisons.
        head (UPTHead): Our head.
        proposals (list[PairProposals]): Boxes and pairs of the batch.
        logits (Tensor): Logits of all pairs, (sum of all M, V).
        content (dict): The file.
    """
    for key, power in (('outputs_eval', head.test_cfg['prior_power']),
                       ('outputs_train', head.train_cfg['prior_power'])):
        _check_pairs(report, key, head, proposals, content[key], power)
    _check_detections(report, head, logits, proposals, content)
    samples = golden_samples(content, range(len(proposals)))
    _check_loss(report, head, dict(logits=logits), proposals, samples, content)


def check_table(report: Report, head: nn.Module,
                official: Sequence[Sequence[int]]) -> None:
    ours = [(o, v) for o, v in head.classes.exists.nonzero().tolist()]
    theirs = [(o, v) for o, verbs in enumerate(official) for v in verbs]
    report.same_set('verbs of objects', ours, theirs)


def check_proposals(report: Report, content: Dict[str, Any]) -> None:
    """Selection of boxes, with the index of each among the given ones."""
    args = content['args']
    select = InstanceSelector(args['box_score_thresh'], 0.5,
                              args['min_instances'], args['max_instances'],
                              args['human_idx'])
    for name, case in content['proposals'].items():
        chosen = select(
            InstanceData(
                bboxes=case['boxes'],
                labels=case['labels'],
                scores=case['scores'],
                index=torch.arange(len(case['boxes']))))
        row = f'selected boxes: {name}'
        report.equal(row, chosen.index, case['kept_index'])
        report.near(f'{row}, boxes', chosen.bboxes, case['kept_boxes'], 0.0)


def _proposals(region: Dict[str, Tensor], human: int) -> PairProposals:
    """Pairs of given boxes, humans first as the official head has them."""
    order = (region['labels'] != human).argsort(stable=True)
    labels = region['labels'][order]
    return PairProposals(region['boxes'][order],
                         labels, region['scores'][order],
                         *pair_indices(labels == human))


def head_inputs(content: Dict[str, Any],
                images: Sequence[int]) -> Dict[str, Any]:
    """Inputs of the head, with the boxes that the file gives."""
    images = list(images)
    given = content['inputs']
    regions = given.get('region_props') or content['region_props']
    human = content['args']['human_idx']
    if 'features' in given:
        feature_map = given['features']
    else:
        feature_map = content['detector_intermediates']['backbone_layer4']
    return dict(
        tokens=[
            regions[i]['hidden_states'][(regions[i]['labels']
                                         != human).argsort(stable=True)]
            for i in images
        ],
        proposals=[_proposals(regions[i], human) for i in images],
        feature_map=feature_map[images],
        img_sizes=given['image_sizes_hw'][images])


def golden_samples(content: Dict[str, Any],
                   images: Sequence[int]) -> List[HOIDataSample]:
    """Data samples; each pair of the file has one verb."""
    samples = []
    for i in images:
        size = tuple(content['inputs']['image_sizes_hw'][i].tolist())
        target = content['inputs']['targets'][i]
        scale = target['boxes_h'].new_tensor([*size[::-1], *size[::-1]])
        sample = HOIDataSample(metainfo=dict(img_shape=size, ori_shape=size))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=bbox_cxcywh_to_xyxy(target['boxes_h']) * scale,
            obj_bboxes=bbox_cxcywh_to_xyxy(target['boxes_o']) * scale,
            verb_labels=nn.functional.one_hot(
                target['labels'], content['args']['num_classes']).float())
        samples.append(sample)
    return samples


@torch.no_grad()
def _check_detector(report: Report, model: nn.Module,
                    content: Dict[str, Any]) -> Dict[str, Any]:
    """Run the detector, compare; return the head's inputs of the file."""
    images = content['inputs']['images']
    shape = tuple(images.shape[-2:])
    samples = golden_samples(content, range(len(images)))
    for sample in samples:
        sample.set_metainfo(dict(batch_input_shape=shape))
    theirs = content['detector_intermediates']
    outputs = read_detector(model.detector, images, samples)
    maps = outputs.maps
    for row, ours, official in (
        ('backbone_layer4', maps.backbone[-1], theirs['backbone_layer4']),
        ('input_proj', maps.neck[-1], theirs['input_proj']),
        ('encoder_memory', maps.memory[-1].flatten(2).permute(2, 0, 1),
         theirs['encoder_memory_LBD']),
        ('last decoder layer',
         torch.stack([image.query_states for image in outputs.instances],
                     1), theirs['decoder_normed_layers_QBD'][-1])):
        _scaled(report, f'detector: {row}', ours, official, 1e-4)
    for ours, official in zip(outputs.instances, content['detector_results']):
        report.near('detector: scores', ours.scores, official['scores'], 1e-4)
        report.equal('detector: labels', ours.labels, official['labels'])
        report.near('detector: boxes in pixels', ours.bboxes,
                    official['boxes'], PIXELS)
    inputs = model.pair_inputs(dict(img=images), samples)
    for tokens, ours, official in zip(inputs.tokens, inputs.proposals,
                                      content['region_props']):
        report.equal('selected boxes: labels', ours.labels, official['labels'])
        report.near('selected boxes: boxes in pixels', ours.boxes,
                    official['boxes'], PIXELS)
        report.near('selected boxes: tokens', tokens,
                    official['hidden_states'], 1e-4)
    head = model.interaction_head
    report.near('logits from images',
                head(**inputs._asdict())['logits'],
                content['outputs_eval']['logits'], FROM_IMAGES)
    report.same_set(
        'which parts of the model are frozen',
        [
            name.partition('.')[0]
            for name, parameter in model.named_parameters()
            if not parameter.requires_grad
        ],
        [
            name.partition('.')[0] for name in content['params_frozen']
            # Not a name: that there are more.
            if not name.startswith('.')
        ])
    losses = model.loss(dict(img=images), samples)
    report.near(
        'loss from images',
        losses['loss_hoi'],
        content['total_loss'],
        FROM_IMAGES,
        relative=True)
    return head_inputs(content, range(len(images)))


def _check_pairs(report: Report, row: str, head: nn.Module,
                 proposals: List[PairProposals], theirs: Dict[str, Any],
                 power: float) -> None:
    for i, image in enumerate(proposals):
        report.near(f'{row}: prior', head.prior(image, power),
                    theirs['prior'][i].prod(0), 1e-6)
        if 'boxes_h_index' in theirs:
            ours = (image.sub_inds, image.obj_inds,
                    image.labels[image.obj_inds])
            names = 'boxes_h_index', 'boxes_o_index', 'object_class'
            for name, value in zip(names, ours):
                report.equal(f'{row}: {name}', value, theirs[name][i])


@torch.no_grad()
def _check_intermediates(report: Report, head: nn.Module,
                         batch: Dict[str, Any], theirs: Dict[str,
                                                             Any]) -> None:
    """Step by step, for images that have pairs; each on its own."""
    whole = batch['feature_map'].mean((2, 3))
    report.near('global_features', whole, theirs['global_features'], LOGITS)
    kept = [i for i, image in enumerate(batch['proposals']) if image.num_pairs]
    for k, i in enumerate(kept):
        image, tokens = batch['proposals'][i], batch['tokens'][i][None]
        code = pair36(image.boxes, batch['img_sizes'][i])
        report.near('spatial_encoding_36', code.flatten(0, 1),
                    theirs['spatial_encoding_36'][k], 1e-4)
        spatial = head.spatial_encoder(code)[None]
        report.near('spatial_head', spatial[0].flatten(0, 1),
                    theirs['spatial_head'][k], LOGITS)
        padding = torch.zeros(1, len(image.boxes), dtype=torch.bool)
        for n, layer in enumerate(head.cooperative):
            weights = layer.attention(*layer.split_heads(tokens, spatial),
                                      padding)
            # Officially with the heads first.
            report.near('coop_attention', weights[0].permute(2, 0, 1)[...,
                                                                      None],
                        _per_image(theirs['coop_attention'], kept, k, n), 1e-5)
            tokens = layer(tokens, spatial, padding)
            report.near(f'coop_layer_{n}', tokens[0],
                        theirs[f'coop_layer_{n}'][k], LOGITS)
        subs, objs = image.sub_inds, image.obj_inds
        spatial = spatial[0, subs, objs]
        parts = [
            head.pair_fusion(
                torch.cat([tokens[0, subs], tokens[0, objs]], -1), spatial),
            head.global_fusion(whole[i].expand(len(subs), -1), spatial)
        ]
        for name, part in zip(('mbf', 'mbf_g'), parts):
            _scaled(report, name, part, theirs[name][k])
        _check_competition(report, head.competitive, torch.cat(parts, -1),
                           theirs, k)


def _scaled(report: Report,
            row: str,
            ours: Tensor,
            theirs: Tensor,
            tolerance: float = LOGITS) -> None:
    """Compare in units of the largest value, where it is above 1."""
    scale = theirs.abs().max().clamp(min=1)
    report.near(row, ours / scale, theirs / scale, tolerance)


def _per_image(attention: List[Any], kept: List[int], k: int,
               layer: int) -> Tensor:
    """Attention of a layer; lists are by image, of layers."""
    return attention[k][layer] if len(attention) == len(kept) else attention[
        kept[k]][layer]


def _check_competition(report: Report, layer: nn.Module, pairs: Tensor,
                       theirs: Dict[str, Any], k: int) -> None:
    attended, weights = layer.self_attn(
        pairs[None],
        pairs[None],
        pairs[None],
        need_weights=True,
        average_attn_weights=False)
    report.near('comp_attention', weights[0], theirs['comp_attention'][k],
                1e-5)
    report.near('comp_attention_output', layer.norm1(pairs + attended[0]),
                theirs['comp_attention_output'][k], LOGITS)
    report.near('pairwise_tokens_comp_layer',
                layer(pairs[None])[0], theirs['pairwise_tokens_comp_layer'][k],
                LOGITS)


def _check_detections(report: Report, head: nn.Module, all_logits: Tensor,
                      proposals: List[PairProposals],
                      content: Dict[str, Any]) -> None:
    logits = all_logits.split([image.num_pairs for image in proposals])
    official = content['postprocess_eval_one_image_at_a_time']
    for i, image in enumerate(proposals):
        combinations = head.combinations(logits[i], image)
        pred = head.select(combinations, head.classes.hoi_verbs,
                           image.boxes[image.sub_inds],
                           image.boxes[image.obj_inds],
                           image.labels[image.obj_inds])
        if not official[i] or not len(official[i][0]['scores']):
            report.equal('detections: of an image without pairs', len(pred), 0)
            continue
        theirs = official[i][0]
        pairs = {
            pair: row
            for row, pair in enumerate(
                zip(image.sub_inds.tolist(), image.obj_inds.tolist()))
        }
        rows = torch.tensor(
            [pairs[tuple(p)] for p in theirs['pairing'].T.tolist()])
        ours = {
            (int(q), int(v)): n
            for n, (q, v) in enumerate(zip(pred.query_inds, pred.verb_labels))
        }
        keys = list(zip(rows.tolist(), theirs['labels'].tolist()))
        report.same_set('detections: (pair, verb)', ours, keys)
        order = [ours[key] for key in keys if key in ours]
        report.near('detections: scores', pred.scores[order], theirs['scores'],
                    1e-6)
        report.equal('detections: objects', pred.obj_labels[order],
                     theirs['objects'])
        for name, index in (('sub_bboxes', 0), ('obj_bboxes', 1)):
            report.near('detections: boxes in pixels', pred[name][order],
                        theirs['boxes'][theirs['pairing'][index]], PIXELS)


def _labels(head: nn.Module, proposals: List[PairProposals],
            samples: List[HOIDataSample]) -> List[Tensor]:
    return [
        head.assigner.assign(image, sample.gt_hoi_instances,
                             sample.gt_hoi_instances.verb_labels)
        for image, sample in zip(proposals, samples)
    ]


def _check_loss(report: Report, head: nn.Module, outputs: Dict[str, Tensor],
                proposals: List[PairProposals], samples: List[HOIDataSample],
                content: Dict[str, Any]) -> None:
    labels = _labels(head, proposals, samples)
    for ours, theirs in zip(labels, content['association_labels']):
        report.equal('association_labels', ours, theirs)
    parts = content['loss_parts']
    prior = torch.cat([
        head.prior(image, head.train_cfg['prior_power']) for image in proposals
    ])
    entries = prior.nonzero()
    report.equal('loss: pairs', entries[:, 0], parts['pair_index'])
    report.equal('loss: verbs', entries[:, 1], parts['verb_index'])
    counted = prior > 0
    logits, prior = outputs['logits'][counted], prior[counted]
    labels = torch.cat(labels)[counted]
    report.near('loss: prior', prior, parts['prior'], 1e-6)
    report.equal('loss: labels', labels, parts['label'])
    report.equal('loss: positive labels', labels.sum(), parts['num_positive'])
    report.near('loss: calibrated logits', calibrated_logits(logits, prior),
                parts['calibrated_logit'], LOGITS)
    # One positive label, so that an element is the sum.
    alone = type(head.loss_hoi)(
        head.loss_hoi.alpha, head.loss_hoi.gamma, clamp_num_pos=True)
    elements = torch.stack([
        alone(*(value[n:n + 1] for value in (logits, prior, labels)))
        for n in range(len(labels))
    ])
    report.near('loss: elements', elements, parts['element_loss'], LOGITS)
    ours = head.loss_by_feat(outputs, proposals, samples)['loss_hoi']
    for key in (content['loss_dict']['interaction_loss'],
                content['total_loss']):
        report.near('loss', ours, key, 1e-5, relative=True)


def _check_gradients(report: Report, head: nn.Module, batch: Dict[str, Any],
                     samples: List[HOIDataSample], content: Dict[str,
                                                                 Any]) -> None:
    """Gradients, brought to the official layout by the official names.

    Official parameters are told apart by numbering their values, so that the
    conversion of weights also leads from ours back to theirs.
    """
    head.zero_grad()
    head.loss(samples, **batch)['loss_hoi'].backward()
    gradients = {
        HEAD + name: parameter.grad
        for name, parameter in head.named_parameters()
    }
    theirs = official_gradients(gradients, content['state_dict'])
    zero = set(content['analytically_zero_gradients'])
    squares = 0.0
    for name, norm in content['grad_norms'].items():
        squares += theirs[name].double().square().sum().item()
        if name not in zero:
            report.near(
                'gradient norms',
                theirs[name].double().norm(),
                norm,
                GRADIENTS,
                relative=True)
    report.near(
        'total gradient norm',
        squares**0.5,
        content['grad_total_norm'],
        GRADIENTS,
        relative=True)
    for name, official in content['grad_small_params'].items():
        if name not in zero:
            report.near(
                'gradients of small parameters',
                theirs[name],
                official,
                GRADIENTS,
                relative=True)
    report.same_set('which parameters are trained', theirs,
                    content['grad_norms'])
    head.zero_grad()


def official_gradients(gradients: Dict[str, Tensor],
                       state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Gradients of our parameters in the official layout.

    Args:
        gradients (dict[str, Tensor]): By our names.
        state_dict (dict[str, Tensor]): Official weights: names and shapes.

    Returns:
        dict[str, Tensor]: By official names; zeros for what we leave out.
    """
    shapes = {
        name: value.shape
        for name, value in state_dict.items() if name.startswith(HEAD)
    }
    sizes = [shape.numel() for shape in shapes.values()]
    numbers = torch.arange(1, 1 + sum(sizes)).split(sizes)
    numbered = {
        name: part.view(shape)
        for (name, shape), part in zip(shapes.items(), numbers)
    }
    flat = torch.zeros(1 + sum(sizes))
    for name, places in from_official_upt(numbered).items():
        flat[places] = gradients[name]
    return {
        name: part.view(shape)
        for (name, shape), part in zip(shapes.items(), flat[1:].split(sizes))
    }


def _check_edge_case(report: Report, row: str, head: nn.Module,
                     content: Dict[str, Any], case: Dict[str, Any]) -> None:
    images = case['images']
    batch, samples = head_inputs(content,
                                 images), golden_samples(content, images)
    if row.endswith('no_positive_label'):
        for sample in samples:
            sample.gt_hoi_instances.verb_labels.zero_()
    with torch.no_grad():
        outputs = head(**batch)
        losses = [
            head.loss_by_feat(outputs, batch['proposals'], samples)['loss_hoi']
        ]
        head.loss_hoi.clamp_num_pos = True
        losses.append(
            head.loss_by_feat(outputs, batch['proposals'],
                              samples)['loss_hoi'])
        head.loss_hoi.clamp_num_pos = False
    report.equal(f'{row}: loss is finite where it is clamped',
                 losses[1].isfinite(), True)
    if row.endswith('unsorted_proposals'):
        report.note(f'{row}: loss and detections',
                    'officially with boxes that were not permuted')
    else:
        _same_number(report, f'{row}: loss', losses[0], case['total_loss'])
    if 'outputs_eval' not in case:
        return
    report.near(f'{row}: logits', outputs['logits'],
                case['outputs_eval']['logits'], LOGITS)
    _check_pairs(report, row, head, batch['proposals'], case['outputs_eval'],
                 head.test_cfg['prior_power'])
    if not row.endswith('unsorted_proposals'):
        for ours, theirs in zip(
                _labels(head, batch['proposals'], samples),
                case['association_labels']):
            report.equal(f'{row}: association_labels', ours, theirs)


def _same_number(report: Report, row: str, ours: Tensor,
                 theirs: float) -> None:
    """Compare, also what is infinite or no number."""
    theirs = torch.tensor(theirs)
    if theirs.isfinite():
        report.near(row, ours, theirs, 1e-5, relative=True)
    else:
        report.equal(f'{row} is {theirs.item()}',
                     torch.stack([ours.isnan(), ours.isinf()]),
                     torch.stack([theirs.isnan(),
                                  theirs.isinf()]))
