# Copyright (c) mmhoi contributors.
"""Predictions of QPIC and CDN against those of official models."""
from typing import Any, Dict, List

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from torch import Tensor, nn

from mmhoi.models.heads.object_scores import object_scores
from mmhoi.models.heads.selection import PairSelector
from mmhoi.models.task_modules.assigners.hoi_match_cost import box_scale
from mmhoi.structures import HOIDataSample
from .report import Report

#: As far as logits within their tolerance can move a product of probabilities.
SCORES = 5e-5
#: Scores as close as this may change places in a ranking.
TIES = 1e-6


def check_predictions(report: Report,
                      content: Dict[str, Any],
                      model: nn.Module,
                      outputs: Dict[str, Tensor],
                      samples: List[HOIDataSample],
                      row: str = '') -> None:
    """Compare post-processed outputs, and the ranking made of them."""
    head = model.bbox_head
    scores = object_scores(outputs['obj_logits'][-1], 'softmax')[..., :-1]
    best_scores, best = scores.max(-1)
    verbs = outputs['interaction_logits'][-1].sigmoid() * best_scores[...,
                                                                      None]
    if 'matching_logits' in outputs:
        verbs = verbs * outputs['matching_logits'][-1].softmax(-1)[..., 1:]
    for i, theirs in enumerate(content.get('postprocess_eval', [])):
        count = len(best[i])
        scale = box_scale(samples[i].ori_shape, scores)
        boxes = bbox_cxcywh_to_xyxy(
            torch.cat(
                [outputs[f'{part}_bboxes'][-1, i] for part in ('sub', 'obj')]))
        report.equal(f'{row}post-processing: labels',
                     torch.cat([torch.zeros_like(best[i]), best[i]]),
                     theirs['labels'])
        report.near(f'{row}post-processing: boxes / image size', boxes,
                    theirs['boxes'] / scale, 2e-5)
        report.near(f'{row}post-processing: verb_scores', verbs[i],
                    theirs['verb_scores'], SCORES)
        report.equal(f'{row}post-processing: sub_ids', torch.arange(count),
                     theirs['sub_ids'])
        report.equal(f'{row}post-processing: obj_ids',
                     torch.arange(count) + count, theirs['obj_ids'])
    check_ranking(report, 'ranking', head, outputs, samples,
                  content.get('evaluator_ranking', []))
    if 'evaluator_ranking_pnms' in content:
        args = content['args']
        kept, head.select = head.select, PairSelector(
            pair_nms=dict(
                iou_thr=args['thres_nms'],
                sub_power=args['nms_alpha'],
                obj_power=args['nms_beta']))
        check_ranking(report, 'ranking after PNMS', head, outputs, samples,
                      content['evaluator_ranking_pnms'])
        head.select = kept


def check_ranking(report: Report, row: str, head: nn.Module,
                  outputs: Dict[str, Tensor], samples: List[HOIDataSample],
                  official: List[Dict[str, Tensor]]) -> None:
    """Compare the best combinations of each image.

    Args:
        report (Report): Takes the comparisons.
        row (str): Start of the rows' names.
        head (PairHead): Predicts.
        outputs (dict): What it returns.
        samples (list[HOIDataSample]): The images.
        official (list[dict]): `sub_ids`, `verbs` and `scores` of each.
    """
    predictions = head.predict_by_feat(outputs, samples)
    for pred, theirs in zip(predictions, official):
        # The official ranking fills up with impossible pairs of score 0.
        kept = theirs['scores'] > 0
        count = int(kept.sum())
        # With PNMS theirs are grouped by triplet.
        ranked = theirs['scores'][kept].sort(descending=True).values
        report.near(f'{row}: scores', pred.scores[:count], ranked.float(),
                    SCORES)
        sure = theirs['scores'] > theirs['scores'][kept].min() + TIES
        official = zip(theirs['sub_ids'][sure].tolist(),
                       theirs['verbs'][sure].tolist())
        ours = set(zip(pred.query_inds.tolist(), pred.verb_labels.tolist()))
        report.same_set(f'{row}: missing (query, verb)',
                        set(official) - ours, [])
