# Copyright (c) mmhoi contributors.
"""Matching of detected pairs to annotated pairs, official HICO-DET rules."""
from typing import Tuple

import numpy as np

from .pair_arrays import PairArrays


def aligned_inclusive_iou(bboxes1: np.ndarray,
                          bboxes2: np.ndarray) -> np.ndarray:
    """IoU of boxes row by row, with widths `x2 - x1 + 1`.

    Args:
        bboxes1 (np.ndarray): Inclusive xyxy pixels, shape (N, 4).
        bboxes2 (np.ndarray): Inclusive xyxy pixels, shape (N, 4).

    Returns:
        np.ndarray: float64 IoUs, shape (N, ).

    Examples:
        >>> aligned_inclusive_iou(np.array([[0, 0, 9, 9]]),
        ...                       np.array([[0, 0, 9, 19]]))
        array([0.5])
    """
    bboxes1 = bboxes1.astype(np.float64)
    bboxes2 = bboxes2.astype(np.float64)
    sizes1 = bboxes1[:, 2:] - bboxes1[:, :2] + 1
    sizes2 = bboxes2[:, 2:] - bboxes2[:, :2] + 1
    overlap = (
        np.minimum(bboxes1[:, 2:], bboxes2[:, 2:]) -
        np.maximum(bboxes1[:, :2], bboxes2[:, :2]) + 1)
    # One clamped axis suffices to make the product 0, two negative ones not.
    intersection = overlap.clip(min=0).prod(1)
    return intersection / (sizes1.prod(1) + sizes2.prod(1) - intersection)


def class_score_order(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Sort detections by class, then by descending score.

    Args:
        labels (np.ndarray): HOI ids, shape (N, ).
        scores (np.ndarray): Scores, shape (N, ).

    Returns:
        np.ndarray: Indices into the detections, shape (N, ). Detections with
        equal score keep their order.

    Examples:
        >>> class_score_order(np.array([1, 0, 1]), np.array([.2, .1, .3]))
        array([1, 2, 0])
    """
    return np.lexsort((-scores, labels))


def match_pairs(gt: PairArrays,
                det: PairArrays,
                iou_thr: float = 0.5) -> Tuple[np.ndarray, np.ndarray]:
    """Decide which detections are true positives.

    The overlap of two pairs is the smaller one of the subjects' and the
    objects' IoU. A detection looks only at the annotated pair of its HOI and
    image with the largest overlap (the first one on ties). It is a true
    positive if that overlap reaches the threshold and no detection with a
    higher score took that pair before; there is no second choice.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        iou_thr (float): Smallest overlap of a hit. Defaults to 0.5.

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - is_tp: Whether a detection is a true positive, bool, shape (M, ).
        - best_gt: Row of the annotated pair that a detection hits, whether
          or not it was free, or -1, int64, shape (M, ).

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = PairArrays(
        ...     np.array([7, 7]), np.array([3, 3]), box.repeat(2, 0),
        ...     box.repeat(2, 0), np.array([.4, .6]))
        >>> match_pairs(gt, det)
        (array([False,  True]), array([0, 0]))
    """
    best_gt = _best_annotation(gt, det, iou_thr)
    order = class_score_order(det.labels, det.scores)
    order = order[best_gt[order] >= 0]
    _, first = np.unique(best_gt[order], return_index=True)
    is_tp = np.zeros(len(det.images), dtype=bool)
    is_tp[order[first]] = True
    return is_tp, best_gt


def _best_annotation(gt: PairArrays, det: PairArrays,
                     iou_thr: float) -> np.ndarray:
    """Row of the pair with the largest overlap >= iou_thr or -1, (M, )."""
    best_gt = np.full(len(det.images), -1, dtype=np.int64)
    det_rows, gt_rows = _candidates(gt, det)
    if len(det_rows) == 0:
        return best_gt
    overlaps = np.minimum(
        aligned_inclusive_iou(gt.sub_bboxes[gt_rows],
                              det.sub_bboxes[det_rows]),
        aligned_inclusive_iou(gt.obj_bboxes[gt_rows],
                              det.obj_bboxes[det_rows]))
    # det_rows is ascending: one run of candidates per detection.
    starts = np.flatnonzero(np.diff(det_rows, prepend=-1))
    best = np.maximum.reduceat(overlaps, starts)
    runs = np.diff(starts, append=len(det_rows))
    # Candidates of a run are in the order of the annotation, so that the
    # smallest row among equals is the first one.
    rows = np.where(overlaps == best.repeat(runs), gt_rows, len(gt.images))
    best_gt[det_rows[starts]] = np.where(best >= iou_thr,
                                         np.minimum.reduceat(rows, starts), -1)
    return best_gt


def _candidates(gt: PairArrays,
                det: PairArrays) -> Tuple[np.ndarray, np.ndarray]:
    """Rows (detection, annotation) that share image and HOI, shape (C, )."""
    num_labels = 1 + max(gt.labels.max(initial=0), det.labels.max(initial=0))
    _, rows = np.unique(
        np.concatenate((gt.images, det.images)), return_inverse=True)
    keys = rows.astype(np.int64) * num_labels + np.concatenate(
        (gt.labels, det.labels))
    gt_keys, det_keys = np.split(keys, [len(gt.images)])

    gt_order = np.argsort(gt_keys, kind='stable')
    first = np.searchsorted(gt_keys[gt_order], det_keys, side='left')
    last = np.searchsorted(gt_keys[gt_order], det_keys, side='right')
    counts = last - first
    det_rows = np.arange(len(det_keys)).repeat(counts)
    within = np.arange(
        len(det_rows)) - (np.cumsum(counts) - counts).repeat(counts)
    return det_rows, gt_order[first.repeat(counts) + within]
