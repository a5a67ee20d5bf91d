# Copyright (c) mmhoi contributors.
"""What QPIC's and CDN's programs keep of their predictions, and its AP."""
from typing import Any, Dict, List

import numpy as np
import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from torch import Tensor

from mmhoi.evaluation.functional import evaluate_hico_det_python
from mmhoi.label_spaces import load_label_space
from mmhoi.ops import nms_pairs
from mmhoi.structures import PairArrays
from .report import Report

SPACE = load_label_space('hico_det')
FIGURES = 1e-12
TOP = 100
FIGURE_NAMES = ('mAP', 'mAP rare', 'mAP non-rare')


def check_onestage_evaluator(report: Report, content: Dict[str, Any]) -> None:
    """Compare pair NMS and the Python evaluation.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A file like `evaluator_onestage.pt`.
    """
    gt, top = _annotation(content['gts']), _detections(content)
    for name, official in content['results'].items():
        det = top if name != 'cdn_pnms' else top.select(nms_pairs(top))
        for i, theirs in enumerate(official['kept_per_image']):
            kept = (theirs['scores'] > 0).numpy()
            rows = det.images == i
            scores = np.sort(theirs['scores'].numpy()[kept])
            report.near(f'{name}: scores of kept detections',
                        np.sort(det.scores[rows]), scores, FIGURES)
        result = evaluate_hico_det_python(gt, det, 'qpic', len(SPACE.hois))
        found = np.unique(gt.labels)
        rare = np.intersect1d(found, SPACE.rare_hois)
        ours = (result.subset(found), result.subset(rare),
                result.subset(np.setdiff1d(found, rare)))
        for figure, value in zip(FIGURE_NAMES, ours):
            report.near(f'{name}: {figure}', value,
                        official['metrics'][figure], FIGURES)
        labels = [_label(o, v) for _, o, v in official['triplets'].tolist()]
        report.near(f'{name}: AP of each HOI', result.ap[labels],
                    official['ap'], FIGURES)
    _check_vcoco(report, content['vcoco'])
    report.note('vcoco_evaluator', 'another protocol; see evaluator_vcoco.pt')


def _check_vcoco(report: Report, content: Dict[str, Any]) -> None:
    """Pair NMS of whole queries, by their objects (`nms_queries`)."""
    outputs = content['outputs']
    height, width = content['orig_sizes'].unbind(1)
    scale = torch.stack([width, height, width, height], 1)[:, None]
    boxes = {
        name:
        (bbox_cxcywh_to_xyxy(outputs[f'pred_{name}_boxes']) * scale).flatten(
            0, 1).numpy()
        for name in ('sub', 'obj')
    }
    probs = outputs['pred_obj_logits'].softmax(-1)[..., :-1]
    obj_scores, labels = probs.max(-1)
    table = content['correct_mat'].float()
    table = torch.cat([table, table.new_ones(len(table), 1)], 1)
    verbs = outputs['pred_verb_logits'].sigmoid() * obj_scores[..., None]
    scores = (verbs * table.T[labels]).amax(-1)
    images = torch.arange(len(labels))[:, None].expand_as(labels)
    queries = PairArrays(images.flatten().numpy(),
                         labels.flatten().numpy(), boxes['sub'], boxes['obj'],
                         scores.flatten().numpy())
    kept = queries.select(nms_pairs(queries))
    theirs = np.array(
        [entry['person_box'] for entry in content['detections_cdn_pnms']])
    report.equal('V-COCO: number of kept queries', len(kept.images),
                 len(theirs))
    report.near('V-COCO: persons of kept queries',
                kept.sub_bboxes[np.lexsort(kept.sub_bboxes.T)],
                theirs[np.lexsort(theirs.T)], 1e-3)


def _label(obj: int, verb: int) -> int:
    """Id of an HOI."""
    return int(
        np.flatnonzero((SPACE.hoi_objects == obj)
                       & (SPACE.hoi_verbs == verb))[0])


def _annotation(images: List[Dict[str, Tensor]]) -> PairArrays:
    rows = []
    for i, image in enumerate(images):
        boxes, labels = image['boxes'].numpy(), image['labels'].tolist()
        for sub, obj, verb in image['hois'].tolist():
            rows.append((i, _label(labels[obj], verb), boxes[sub], boxes[obj]))
    images, labels, subs, objs = zip(*rows)
    return PairArrays(
        np.array(images), np.array(labels), np.stack(subs), np.stack(objs),
        np.ones(len(rows)))


def _detections(content: Dict[str, Any]) -> PairArrays:
    """The 100 best of each image, without impossible ones."""
    parts = []
    table = content['correct_mat']
    for i, pred in enumerate(content['preds']):
        count = content['num_queries']
        objects = pred['labels'][count:]
        scores = pred['verb_scores'].double() * table.T[objects]
        values, order = scores.flatten().sort(descending=True, stable=True)
        order = order[:TOP][values[:TOP] > 0]
        query, verb = order // scores.shape[1], order % scores.shape[1]
        parts.append(
            PairArrays(
                np.full(len(order), i),
                np.array([
                    _label(int(objects[q]), v)
                    for q, v in zip(query.tolist(), verb.tolist())
                ], int), pred['boxes'][query].numpy(),
                pred['boxes'][query + count].numpy(),
                scores.flatten()[order].numpy()))
    return PairArrays(*map(np.concatenate, zip(*parts)))
