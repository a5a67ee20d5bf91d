# Copyright (c) mmhoi contributors.
"""Predictions against official post-processing."""
from typing import Any, Dict, List

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from torch import Tensor, nn

from mmhoi.models.heads.object_scores import object_scores
from mmhoi.models.task_modules.assigners.hoi_match_cost import box_scale
from mmhoi.structures import HOIDataSample
from .report import Report

SCORES = 1e-5
#: A score above 1 of the official sum, plus rounding.
TIES = 2e-5


def check_predictions(report: Report, outputs: Dict[str, Tensor],
                      parts: Dict[str, Tensor], samples: List[HOIDataSample],
                      head: nn.Module, official: List[Dict[str, Any]]) -> None:
    """Compare post-processed outputs, and the ranking made of them.

    Args:
        report (Report): Takes the comparisons.
        outputs (dict[str, Tensor]): What our head returns.
        parts (dict[str, Tensor]): Of `forward_parts`.
        samples (list[HOIDataSample]): The images.
        head (PairHead): Of our model.
        official (list[dict]): Official post-processing, per image.
    """
    predictions = head.predict_by_feat(outputs, samples)
    hoi_scores = outputs['interaction_logits'][-1].sigmoid()
    obj_logits = outputs['obj_logits'][-1]
    obj_scores = object_scores(obj_logits, 'sigmoid')
    for i, theirs in enumerate(official):
        num_queries = len(obj_scores[i])
        scale = box_scale(samples[i].ori_shape, obj_logits)
        boxes = torch.cat(
            [outputs['sub_bboxes'][-1, i], outputs['obj_bboxes'][-1, i]])
        objects = obj_logits[i, :, :-1].argmax(-1)
        ours = dict(
            labels=torch.cat([torch.zeros_like(objects), objects]),
            boxes=bbox_cxcywh_to_xyxy(boxes),
            hoi_scores=hoi_scores[i],
            obj_scores=obj_scores[i],
            sub_ids=torch.arange(num_queries),
            obj_ids=torch.arange(num_queries) + num_queries,
            clip_logits=outputs['clip_logits'][i][None])
        if 'clip_visual' in parts:
            ours['clip_visual'] = parts['clip_visual'][i]
        for name, value in theirs.items():
            row = f'post-processing: {name}'
            if name not in ours:
                report.not_compared(row, 'no such result here')
            elif not value.is_floating_point():
                report.equal(row, ours[name], value)
            elif name == 'boxes':
                report.near(f'{row} / image size', ours[name], value / scale,
                            2e-5)
            else:
                tolerance = SCORES if 'scores' in name else 1e-4
                report.near(row, ours[name], value, tolerance)
        _check_ranking(report, predictions[i], theirs,
                       head.interaction_classifier.hoi_objects)


def _check_ranking(report: Report, pred: Any, official: Dict[str, Tensor],
                   hoi_objects: Tensor) -> None:
    """The best (query, HOI) of `predict` are those of the official sum."""
    scores = official['hoi_scores'] + \
        official['obj_scores'][:, hoi_objects]**2
    best = scores.flatten().topk(len(pred)).values
    report.near('predictions: scores', pred.scores, best, SCORES)
    report.near('predictions: scores of (query, HOI)', pred.scores,
                scores[pred.query_inds, pred.labels], SCORES)
    sure = (scores > best[-1] + TIES).nonzero().tolist()
    chosen = set(zip(pred.query_inds.tolist(), pred.labels.tolist()))
    missed = [pair for pair in sure if tuple(pair) not in chosen]
    report.same_set('predictions: missing (query, HOI)', map(tuple, missed),
                    [])
