# Copyright (c) mmhoi contributors.
"""All comparisons of a golden file of PViC: the head alone, or with DETR."""
from typing import Any, Dict, List

import torch
from torch import Tensor, nn

from mmhoi.models.heads.pair36 import pair36
from mmhoi.models.heads.pvic import box_positions
from mmhoi.models.losses.prior_focal_loss import calibrated_logits
from mmhoi.models.proposals import InstanceSelector
from mmhoi.structures import HOIDataSample, PairProposals
from .pvic_model import (as_upt, build_pvic, instances_before_selection,
                         names_without_gradient, official_gradients,
                         pvic_inputs, region_inputs)
from .report import Report
from .upt_checks import (LEFT_OUT, check_detections, check_table, labels_of,
                         same_number)
from .upt_model import golden_samples
from .upt_network_checks import (GRADIENTS, LOGITS, PIXELS, check_detector,
                                 scaled)

KNOWN = ('method', 'source_commit', 'fill_seed', 'channels', 'args',
         'object_to_target', 'state_dict', 'inputs', 'detector_results',
         'region_props', 'analytically_zero_gradients',
         'detector_intermediates', 'outputs_eval', 'outputs_train',
         'intermediates_eval', 'association_labels', 'detections_eval',
         'loss_parts', 'loss_dict', 'total_loss', 'grad_norms',
         'grad_total_norm', 'grad_small_params', 'params_frozen',
         'params_requires_grad_but_grad_none', 'edge_cases')


def check_pvic(report: Report, content: Dict[str, Any]) -> None:
    """Compare all that a file of PViC holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): The file, as `read_golden` returns it.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    for key in content:
        if key not in KNOWN and key in LEFT_OUT:
            report.note(key, LEFT_OUT[key])
        elif key not in KNOWN:
            report.not_compared(key, 'nothing compares this part of the file')
    content = as_upt(content)
    model = build_pvic(content)
    head = getattr(model, 'interaction_head', model)
    check_table(report, head, content['object_to_target'])
    _check_selection(report, content)
    images = range(len(content['region_props']))
    report.equal('number of images', len(images),
                 len(content['inputs']['image_sizes_hw']))
    if head is model:
        batch = pvic_inputs(content, images)
    else:
        inputs = check_detector(
            report, model, content,
            content['outputs_eval']['logits_all_layers'][-1])
        last = content['detector_intermediates']['backbone_layer4']
        batch = dict(inputs._asdict(), **region_inputs(content, list(images)))
        batch['feature_maps'] = (*inputs.feature_maps[:-1], last)
    with torch.no_grad():
        outputs = head(**batch)
    for key in 'outputs_eval', 'outputs_train':
        report.near(f'{key}: logits', outputs['layer_logits'],
                    content[key]['logits_all_layers'], LOGITS)
    check_pairs(report, 'outputs_eval', head, batch['proposals'],
                content['outputs_eval'])
    check_detections(report, head, outputs['logits'], batch['proposals'],
                     _detections(content['detections_eval']))
    samples = golden_samples(content, images)
    _check_loss(report, head, outputs, batch['proposals'], samples, content)
    if 'intermediates_eval' in content:
        _check_intermediates(report, head, batch,
                             content['intermediates_eval'])
    _check_gradients(report, head, batch, samples, content)
    for name, case in content.get('edge_cases', {}).items():
        _check_edge_case(report, f'edge case {name}', head, content, case)


def _check_selection(report: Report, content: Dict[str, Any]) -> None:
    """From the detector's boxes to those that pairs are made of."""
    args = content['args']
    select = InstanceSelector(
        args['box_score_thresh'],
        0.5,
        args['min_instances'],
        args['max_instances'],
        clip=True)
    for i, theirs in enumerate(content['region_props']):
        chosen = select(instances_before_selection(content, i))
        report.equal('selected boxes: labels of the stored detections',
                     chosen.labels, theirs['labels'])
        report.near('selected boxes: scores of the stored detections',
                    chosen.scores, theirs['scores'], 0.0)
        report.near('selected boxes: stored detections', chosen.bboxes,
                    theirs['boxes'], PIXELS)


def check_pairs(report: Report, row: str, head: nn.Module,
                proposals: List[PairProposals], theirs: Dict[str,
                                                             Any]) -> None:
    for i, image in enumerate(proposals):
        report.near(f'{row}: prior', head.prior(image, 1.0),
                    theirs['prior'][i].prod(1), 1e-6)
        report.equal(f'{row}: pairs',
                     torch.stack([image.sub_inds, image.obj_inds], 1),
                     theirs['paired_inds'][i])
        report.equal(f'{row}: objects', image.labels[image.obj_inds],
                     theirs['object_types'][i])


def _detections(images: List[Dict[str, Any]]) -> List[List[Dict[str, Any]]]:
    return [[dict(image, pairing=image['pairing'].T)] for image in images]


def _check_loss(report: Report, head: nn.Module, outputs: Dict[str, Tensor],
                proposals: List[PairProposals], samples: List[HOIDataSample],
                content: Dict[str, Any]) -> None:
    labels = torch.cat(labels_of(head, proposals, samples))
    report.equal('association_labels', labels, content['association_labels'])
    parts = content['loss_parts']
    prior = torch.cat([head.prior(image, 1.0) for image in proposals])
    entries = prior.nonzero()
    report.equal('loss: pairs', entries[:, 0], parts['pair_index'])
    report.equal('loss: verbs', entries[:, 1], parts['verb_index'])
    counted = prior > 0
    prior, labels = prior[counted], labels[counted]
    report.near('loss: prior', prior, parts['prior'], 1e-6)
    alone = type(head.loss_hoi)(head.loss_hoi.alpha, head.loss_hoi.gamma)
    layers = outputs['layer_logits'][:, counted]
    report.equal('loss: positive labels',
                 len(layers) * labels.sum(),
                 parts['num_positive_times_layers'])
    for n, logits in enumerate(layers):
        report.equal('loss: labels', labels, parts['label'][n])
        report.near('loss: calibrated logits',
                    calibrated_logits(logits, prior),
                    parts['calibrated_logit'][n], LOGITS)
        # One positive label at most, so that an element is the sum.
        elements = torch.stack([
            alone(*(value[k:k + 1] for value in (logits, prior, labels)))
            for k in range(len(labels))
        ])
        report.near('loss: elements', elements, parts['element_loss'][n],
                    LOGITS)
    ours = head.loss_by_feat(outputs, proposals, samples)['loss_hoi']
    for key in (content['loss_dict']['cls_loss'], content['total_loss']):
        report.near('loss', ours, key, 1e-5, relative=True)


@torch.no_grad()
def _check_intermediates(report: Report, head: nn.Module,
                         batch: Dict[str, Any], theirs: Dict[str,
                                                             Any]) -> None:
    """Step by step, for images that have pairs; each on its own."""
    maps = batch['feature_maps']
    levels = head.keys.fpn({str(i): level for i, level in enumerate(maps)})
    keys = head.keys(maps)
    mask = batch['map_mask']
    if mask is None:
        mask = torch.zeros(keys.shape[:-1], dtype=torch.bool)
    report.equal('memory_mask', mask, theirs['memory_mask'])
    key_pos = head.key_positions(mask)
    # Whole maps: a small file leaves them out.
    if 'fpn_output' in theirs:
        scaled(report, 'fpn_output', levels['0'], theirs['fpn_output'], 2e-5)
    if 'memory_BHWC' in theirs:
        scaled(report, 'memory_BHWC', keys, theirs['memory_BHWC'], 2e-5)
    if 'key_position_BCHW' in theirs:
        report.near('key_position_BCHW', key_pos, theirs['key_position_BCHW'],
                    1e-5)
    kept = [i for i, image in enumerate(batch['proposals']) if image.num_pairs]
    decoded = theirs['decoder_output']
    if len(decoded) > len(kept):
        # Here images without pairs have a place, too.
        decoded = [decoded[i] for i in kept]
    for k, i in enumerate(kept):
        image, tokens = batch['proposals'][i], batch['tokens'][i][None]
        code = pair36(image.boxes, batch['img_sizes'][i])
        report.near('spatial_encoding_36', code.flatten(0, 1),
                    theirs['spatial_encoding_36'][k], 1e-4)
        scaled(report, 'spatial_head',
               head.spatial_encoder(code).flatten(0, 1),
               theirs['spatial_head'][k])
        positions = box_positions(image.boxes[None], batch['img_sizes'][[i]],
                                  head.reference(tokens).sigmoid(),
                                  head.embed_dims)
        report.near('box_pe', positions.boxes[0], theirs['box_pe'][k], LOGITS)
        scaled(report, 'centre_pe_modulated', positions.centres[0],
               theirs['centre_pe_modulated'][k])
        padding = torch.zeros(1, len(image.boxes), dtype=torch.bool)
        for n, layer in enumerate(head.unary_encoder):
            tokens = layer(tokens, positions.boxes, padding)
            report.near(f'unary_encoder_layer_{n}', tokens[0],
                        theirs[f'unary_encoder_layer_{n}'][k], LOGITS)
        queries, box_pos, centre_pos = (
            value[None] for value in head._queries(
                [batch['tokens'][i]], [image], batch['img_sizes'][[i]]))
        scaled(report, 'mmf_queries', queries[0], theirs['mmf_queries'][k])
        padding = torch.zeros(queries.shape[:2], dtype=torch.bool)
        for n, layer in enumerate(head.decoder):
            queries = layer(queries, keys[[i]].flatten(1, 2), box_pos,
                            centre_pos, key_pos[[i]].flatten(2).mT, padding,
                            mask[[i]].flatten(1))
            report.near(f'decoder_layer_{n}', queries[0],
                        theirs[f'decoder_layer_{n}'][k], LOGITS)
            report.near('decoder_output',
                        head.decoder_norm(queries)[0], decoded[k][n], LOGITS)


def _check_gradients(report: Report, head: nn.Module, batch: Dict[str, Any],
                     samples: List[HOIDataSample], content: Dict[str,
                                                                 Any]) -> None:
    head.zero_grad()
    head.loss(samples, **batch)['loss_hoi'].backward()
    theirs = official_gradients(head)
    zero = set(content['analytically_zero_gradients'])
    for key in 'grad_norms', 'grad_small_params':
        for name, official in content[key].items():
            if name in zero or name not in theirs:
                continue
            ours = theirs[name]
            if key == 'grad_norms':
                ours = ours.double().norm()
            report.near(f'{key}', ours, official, GRADIENTS, relative=True)
    total = sum(value.double().square().sum().item()
                for value in theirs.values())**0.5
    report.near(
        'total gradient norm',
        total,
        content['grad_total_norm'],
        GRADIENTS,
        relative=True)
    report.same_set('which parameters are trained', theirs,
                    content['grad_norms'])
    report.same_set('which parameters have no gradient',
                    names_without_gradient(head),
                    content['params_requires_grad_but_grad_none'])
    head.zero_grad()


@torch.no_grad()
def _check_edge_case(report: Report, row: str, head: nn.Module,
                     content: Dict[str, Any], case: Dict[str, Any]) -> None:
    images = case['images']
    batch = pvic_inputs(content, images)
    samples = golden_samples(content, images)
    if row.endswith('no_positive_label'):
        for sample in samples:
            sample.gt_hoi_instances.verb_labels.zero_()
    outputs, proposals = head(**batch), batch['proposals']
    loss = head.loss_by_feat(outputs, proposals, samples)['loss_hoi']
    same_number(report, f'{row}: loss', loss, case['total_loss'])
    head.loss_hoi.clamp_num_pos = True
    clamped = head.loss_by_feat(outputs, proposals, samples)['loss_hoi']
    head.loss_hoi.clamp_num_pos = False
    report.equal(f'{row}: loss is finite where it is clamped',
                 clamped.isfinite(), True)
    if 'outputs_eval' in case:
        report.near(f'{row}: logits', outputs['layer_logits'],
                    case['outputs_eval']['logits_all_layers'], LOGITS)
        check_pairs(report, row, head, proposals, case['outputs_eval'])
        check_detections(report, head, outputs['logits'], proposals,
                         _detections(case['detections_eval']))
