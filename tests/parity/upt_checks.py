# Copyright (c) mmhoi contributors.
"""All comparisons of a golden file of UPT: the head alone, or with DETR."""
from typing import Any, Dict, List, Sequence

import torch
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.models.losses.prior_focal_loss import calibrated_logits
from mmhoi.models.proposals import InstanceSelector
from mmhoi.structures import HOIDataSample, PairProposals
from .report import Report
from .upt_model import build_upt, golden_samples, head_inputs, use_table
from .upt_network_checks import (LOGITS, PIXELS, check_detector,
                                 check_gradients, check_intermediates)

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
    postprocess_eval_batched='the last images vanish if others have no pairs',
    detections_eval='the same as postprocess_eval_one_image_at_a_time',
    training_call_loss='the same as total_loss')


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
        # Further images are edge cases.
        count = len(content['association_labels'])
        batch = head_inputs(content, range(count))
    else:
        check_detector(report, model, content,
                       content['outputs_eval']['logits'])
        batch = head_inputs(content, range(len(content['inputs']['images'])))
    with torch.no_grad():
        logits = head(**batch)['logits']
    for key in 'outputs_eval', 'outputs_train':
        report.near(f'{key}: logits', logits, content[key]['logits'], LOGITS)
    check_results(report, head, batch['proposals'], logits, content)
    check_intermediates(report, head, batch, content['intermediates_eval'])
    samples = golden_samples(content, range(len(batch['proposals'])))
    check_gradients(report, head, batch, samples, content)
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
    check_detections(report, head, logits, proposals,
                     content['postprocess_eval_one_image_at_a_time'])
    samples = golden_samples(content, range(len(proposals)))
    _check_loss(report, head, dict(logits=logits), proposals, samples, content)


def check_table(report: Report, head: nn.Module,
                official: Sequence[Sequence[int]]) -> None:
    ours = [(o, v) for o, v in head.classes.exists.nonzero().tolist()]
    theirs = [(o, v) for o, verbs in enumerate(official) for v in verbs]
    if head.label_space.name == 'hico_det':
        report.same_set('verbs of objects', ours, theirs)
    else:
        report.note('verbs of objects', 'those of the file are used')
        use_table(head, official)


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


def check_detections(report: Report, head: nn.Module, all_logits: Tensor,
                     proposals: List[PairProposals],
                     official: List[List[Dict[str, Any]]]) -> None:
    logits = all_logits.split([image.num_pairs for image in proposals])
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


def labels_of(head: nn.Module, proposals: List[PairProposals],
              samples: List[HOIDataSample]) -> List[Tensor]:
    return [
        head.assigner.assign(image, sample.gt_hoi_instances,
                             sample.gt_hoi_instances.verb_labels)
        for image, sample in zip(proposals, samples)
    ]


def _check_loss(report: Report, head: nn.Module, outputs: Dict[str, Tensor],
                proposals: List[PairProposals], samples: List[HOIDataSample],
                content: Dict[str, Any]) -> None:
    labels = labels_of(head, proposals, samples)
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
        same_number(report, f'{row}: loss', losses[0], case['total_loss'])
    if 'outputs_eval' not in case:
        return
    report.near(f'{row}: logits', outputs['logits'],
                case['outputs_eval']['logits'], LOGITS)
    _check_pairs(report, row, head, batch['proposals'], case['outputs_eval'],
                 head.test_cfg['prior_power'])
    if not row.endswith('unsorted_proposals'):
        for ours, theirs in zip(
                labels_of(head, batch['proposals'], samples),
                case['association_labels']):
            report.equal(f'{row}: association_labels', ours, theirs)


def same_number(report: Report, row: str, ours: Tensor, theirs: float) -> None:
    """Compare, also what is infinite or no number."""
    theirs = torch.tensor(theirs)
    if theirs.isfinite():
        report.near(row, ours, theirs, 1e-5, relative=True)
    else:
        report.equal(f'{row} is {theirs.item()}',
                     torch.stack([ours.isnan(), ours.isinf()]),
                     torch.stack([theirs.isnan(),
                                  theirs.isinf()]))
