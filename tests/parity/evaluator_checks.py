# Copyright (c) mmhoi contributors.
"""Evaluation on HICO-DET and V-COCO against HOICLIP's own evaluators."""
from typing import Any, Dict, Sequence, Tuple

import numpy as np
import torch

from mmhoi.evaluation.functional import (evaluate_hico_det_python,
                                         evaluate_vcoco_hoia,
                                         repeat_first_of_ties)
from mmhoi.evaluation.functional.python_protocols import PythonProtocolResult
from mmhoi.label_spaces import load_label_space, seen_hois, unseen_hois
from mmhoi.label_spaces.vcoco_roles import PAPER_VERBS
from mmhoi.ops import nms_pairs, top_pairs
from mmhoi.structures import PairArrays, RawOutputs
from .report import Report

FIGURES = 1e-12
TOP = 100
#: Keys that say what to compute, that are compared, and those of `results`.
HICO_KEYS = ('about', 'image_index_in_instances_test2015', 'file_names',
             'orig_sizes', 'gt_boxes', 'gt_labels', 'gt_hois', 'hoi_verb_obj',
             'rare_hoi_ids', 'pred_boxes', 'pred_obj_labels',
             'pred_obj_scores_f16', 'pred_hoi_scores_f16',
             'pred_hoi_flat_index', 'pred_hoi_value', 'eval_args', 'results',
             'duplicated_detections_without_nms')
HICO_RESULTS = ('metrics', 'per_class_ap', 'classes_in_gt', 'num_gt',
                'num_det', 'num_tp', 'gt_classes_without_detection',
                'corrected_means', 'kept_detections_per_image')
VCOCO_KEYS = ('about', 'hoi_verb_obj', 'correct_mat', 'verb_classes',
              'thesis_map_indices', 'orig_sizes', 'gt_boxes', 'gt_labels',
              'gt_hois', 'pred_boxes', 'pred_labels', 'pred_hoi_scores',
              'pred_obj_scores_f16', 'results')
VCOCO_RESULTS = ('metrics', 'num_gt', 'num_det', 'num_tp',
                 'detections_top100_per_image')


def check_hico_evaluator(report: Report, content: Dict[str, Any]) -> None:
    """Compare pair selection, pair NMS and the printed figures.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A file like `evaluator_hico.pt`.
    """
    _check_keys(report, content, HICO_KEYS)
    space = load_label_space('hico_det')
    if 'hoi_verb_obj' in content:
        ours = np.column_stack((space.hoi_verbs, space.hoi_objects))
        report.equal('hoi_verb_obj', ours, content['hoi_verb_obj'])
    if 'rare_hoi_ids' in content:
        report.same_set('rare_hoi_ids', space.rare_hois.tolist(),
                        content['rare_hoi_ids'])
    args = content.get('eval_args', {})
    top = repeat_first_of_ties(
        top_pairs(
            _hico_outputs(content), space.hoi_objects,
            args.get('max_hois', TOP)))
    kept = top.select(
        nms_pairs(
            top,
            iou_thr=args.get('thres_nms', 0.7),
            sub_power=args.get('nms_alpha', 1),
            obj_power=args.get('nms_beta', 0.5)))
    gt = _hico_annotation(content)
    if 'duplicated_detections_without_nms' in content:
        rows = _rows(top)
        report.equal('duplicated detections',
                     len(rows) - len(np.unique(rows, axis=0)),
                     content['duplicated_detections_without_nms'])
    for mode, official in content['results'].items():
        _check_keys(report, official, HICO_RESULTS, f'{mode} ')
        det = top if mode == 'no_nms' else kept
        _check_kept(report, f'{mode} kept detections', det, content, official)
        result = evaluate_hico_det_python(gt, det, 'hoiclip', 600)
        _check_hico_result(report, mode, result, det, official)


def check_vcoco_evaluator(report: Report, content: Dict[str, Any]) -> None:
    """Compare verb scores and average precisions.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A file like `evaluator_vcoco.pt`.
    """
    _check_keys(report, content, VCOCO_KEYS)
    _check_keys(report, content['results'], VCOCO_RESULTS, 'results ')
    report.note('num_tp', 'ours are not counted')
    space = load_label_space('vcoco')
    if 'thesis_map_indices' in content:
        report.same_set('thesis_map_indices', PAPER_VERBS.tolist(),
                        content['thesis_map_indices'])
    ours = np.column_stack((space.hoi_verbs, space.hoi_objects))
    report.equal('hoi_verb_obj', ours, content['hoi_verb_obj'])
    det, det_labels, kept = _vcoco_detections(content)
    official = content['results']
    if 'detections_top100_per_image' in official:
        theirs = official['detections_top100_per_image']
        report.near('top scores',
                    torch.cat([image['score'] for image in kept]),
                    torch.cat([image['score'] for image in theirs]), 1e-6)
        for key in ('sub', 'verb'):
            report.equal(f'top {key}',
                         torch.cat([image[key] for image in kept]),
                         torch.cat([image[key] for image in theirs]))
    gt, gt_labels = _vcoco_annotation(content)
    result = evaluate_vcoco_hoia(gt, gt_labels, det, det_labels)
    for key in ('num_gt', 'num_det'):
        values = getattr(result, key)
        theirs = official[key]
        report.equal(key, [int(values[int(verb)]) for verb in theirs],
                     list(theirs.values()))
    for key, value in official['metrics'].items():
        means = result.means()
        if key in means:
            report.near(key, means[key], value, FIGURES)
            continue
        verb = content['verb_classes'].index(key[len('AP_'):])
        # Ours tells an unknown average precision from a bad one.
        report.near('AP of verbs', np.nan_to_num(result.ap[verb]), value,
                    FIGURES)


def _check_keys(report: Report,
                content: Dict[str, Any],
                known: Sequence[str],
                prefix: str = '') -> None:
    for key in sorted(set(content) - set(known)):
        report.not_compared(prefix + key,
                            'nothing compares this part of the file')


def _hico_outputs(content: Dict[str, Any]) -> RawOutputs:
    """Scores and boxes, of which a file may store the best scores only."""
    bboxes = content['pred_boxes'].numpy()
    num_images, num_queries = len(bboxes), bboxes.shape[1] // 2
    if 'pred_hoi_scores_f16' in content:
        scores = content['pred_hoi_scores_f16'].float()
    else:
        scores = torch.zeros(num_images, num_queries * 600).scatter(
            1, content['pred_hoi_flat_index'].long(),
            content['pred_hoi_value'])
    return RawOutputs(
        np.arange(num_images),
        scores.view(num_images, num_queries, -1).numpy(),
        content['pred_obj_scores_f16'].float().numpy(),
        bboxes[:, :num_queries], bboxes[:, num_queries:])


def _hico_annotation(content: Dict[str, Any]) -> PairArrays:
    space = load_label_space('hico_det')
    hoi_ids = {
        pair: hoi
        for hoi, pair in enumerate(
            zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist()))
    }
    rows = []
    for image, (boxes, labels, hois) in enumerate(
            zip(content['gt_boxes'], content['gt_labels'],
                content['gt_hois'])):
        for sub, obj, verb in hois.tolist():
            rows.append((image, hoi_ids[verb, labels[obj].item()],
                         *boxes[sub].tolist(), *boxes[obj].tolist()))
    table = np.array(rows)
    return PairArrays(table[:, 0].astype(int), table[:, 1].astype(int),
                      table[:, 2:6], table[:, 6:])


def _rows(det: PairArrays) -> np.ndarray:
    """Detections as sorted rows, so that equal sets are equal arrays."""
    rows = np.column_stack(
        (det.images, det.scores, det.labels, det.sub_bboxes, det.obj_bboxes))
    return rows[np.lexsort(rows.T[::-1])]


def _check_kept(report: Report, name: str, det: PairArrays,
                content: Dict[str, Any], official: Dict[str, Any]) -> None:
    if 'kept_detections_per_image' not in official:
        return
    parts = []
    for image, kept in enumerate(official['kept_detections_per_image']):
        bboxes = content['pred_boxes'][image].numpy()
        parts.append(
            PairArrays(
                np.full(len(kept['hoi']), image), np.asarray(kept['hoi']),
                bboxes[kept['sub']], bboxes[kept['obj']],
                np.asarray(kept['score'])))
    report.equal(name, _rows(det), _rows(PairArrays.concatenate(parts)))


def _check_hico_result(report: Report, mode: str, result: PythonProtocolResult,
                       det: PairArrays, official: Dict[str, Any]) -> None:
    known = result.num_gt > 0
    report.equal(f'{mode} num_gt', result.num_gt, official['num_gt'])
    found = np.rint(result.recall * result.num_gt)[known]
    report.equal(f'{mode} num_tp', found,
                 official['num_tp'][torch.from_numpy(known)])
    report.equal(f'{mode} num_det', result.num_det[known],
                 official['num_det'][torch.from_numpy(known)])
    report.same_set(f'{mode} classes_in_gt',
                    np.flatnonzero(known).tolist(),
                    official['classes_in_gt'].tolist())
    report.same_set(f'{mode} gt_classes_without_detection',
                    np.flatnonzero(known & (result.num_det == 0)).tolist(),
                    official['gt_classes_without_detection'])
    metrics = official['metrics']
    report.near(f'{mode} mean max recall', result.max_recall(),
                metrics['mean max recall'], FIGURES)
    tied = _tied_classes(det)
    compared = np.setdiff1d(np.flatnonzero(known), tied)
    report.near(f'{mode} per_class_ap', result.ap[compared],
                official['per_class_ap'][torch.from_numpy(compared)], FIGURES)
    if len(compared) < known.sum():
        report.note(
            f'{mode} means', f'{int(known.sum()) - len(compared)} classes '
            'have equal scores, whose order in the official code is NumPy\'s '
            'unstable one')
        return
    subsets = _subsets()
    for key, value in metrics.items():
        if key in subsets:
            report.near(f'{mode} {key}', result.subset(subsets[key]), value,
                        FIGURES)
    report.near(f'{mode} mAP', result.full(), metrics['mAP'], FIGURES)
    _check_corrected(report, mode, result, 'mAP unseen' in metrics, official)


def _check_corrected(report: Report, mode: str, result: PythonProtocolResult,
                     zero_shot: bool, official: Dict[str, Any]) -> None:
    """Means in which a class without detection counts 0, as it should."""
    corrected = official.get('corrected_means', {})
    subsets = _subsets()
    names = dict(
        rare_or_unseen='mAP unseen' if zero_shot else 'mAP rare',
        non_rare_or_seen='mAP seen' if zero_shot else 'mAP non-rare')
    for name, subset in names.items():
        key = f'{name}_mean_with_no_detection_classes_as_0'
        if key in corrected:
            ids = subsets[subset]
            ap = result.ap[ids[result.num_gt[ids] > 0]]
            report.near(f'{mode} corrected {subset}', ap.mean(),
                        corrected[key], FIGURES)


def _subsets() -> Dict[str, np.ndarray]:
    rare = load_label_space('hico_det').rare_hois
    return {
        'mAP rare': rare,
        'mAP non-rare': np.setdiff1d(np.arange(600), rare),
        'mAP unseen': unseen_hois('rf_uc'),
        'mAP seen': seen_hois('rf_uc', 600)
    }


def _tied_classes(det: PairArrays) -> np.ndarray:
    """HOIs of which two detections have the same score."""
    pairs = np.column_stack((det.labels, det.scores))
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    return distinct[counts > 1][:, 0].astype(int)


def _vcoco_detections(content: Dict[str, Any]) -> Tuple:
    """The best (query, verb) combinations, and the class of their object."""
    bboxes = content['pred_boxes'].numpy()
    num_queries = bboxes.shape[1] // 2
    labels = content['pred_labels'][:, num_queries:]
    verbs = content['hoi_verb_obj'][:, 0]
    objects = content['hoi_verb_obj'][:, 1]
    obj_scores = content['pred_obj_scores_f16'].double()[:, :, objects]
    scores = content['pred_hoi_scores'].double() + obj_scores**2
    num_verbs = int(verbs.max()) + 1
    verb_scores = scores.new_zeros(*scores.shape[:2], num_verbs)
    verb_scores.scatter_reduce_(
        2, verbs.expand_as(scores), scores, 'amax', include_self=False)
    # A person alone fits every verb.
    fits = torch.cat([
        content['correct_mat'], content['correct_mat'].new_ones(num_verbs, 1)
    ], 1)
    verb_scores *= fits.T[labels]
    parts, part_labels, kept = [], [], []
    for image, single in enumerate(verb_scores):
        values, inds = single.flatten().sort(descending=True, stable=True)
        values, inds = values[:TOP], inds[:TOP]
        queries, chosen = inds // num_verbs, inds % num_verbs
        kept.append(dict(sub=queries, verb=chosen, score=values))
        parts.append(
            PairArrays(
                np.full(len(inds), image), chosen.numpy(),
                bboxes[image][queries], bboxes[image][num_queries + queries],
                values.numpy()))
        part_labels.append(labels[image][queries].numpy())
    return PairArrays.concatenate(parts), np.concatenate(part_labels), kept


def _vcoco_annotation(content: Dict[str, Any]) -> Tuple:
    """Annotated interactions, and the class of their object."""
    rows, obj_labels = [], []
    for image, (boxes, labels, hois) in enumerate(
            zip(content['gt_boxes'], content['gt_labels'],
                content['gt_hois'])):
        for sub, obj, verb in hois.tolist():
            bbox = [np.nan] * 4 if obj < 0 else boxes[obj].tolist()
            rows.append((image, verb, *boxes[sub].tolist(), *bbox))
            obj_labels.append(-1 if obj < 0 else int(labels[obj]))
    table = np.array(rows)
    return PairArrays(table[:, 0].astype(int), table[:, 1].astype(int),
                      table[:, 2:6], table[:, 6:]), np.array(obj_labels)
