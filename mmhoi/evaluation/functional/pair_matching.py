# Copyright (c) mmhoi contributors.
"""Matching of detected pairs to annotated pairs, official HICO-DET rules."""
from typing import Callable, Tuple

import numpy as np

from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import PairArrays
from .grouped_argmax import grouped_argmax

IoU = Callable[[np.ndarray, np.ndarray], np.ndarray]


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
    by_score = np.argsort(-scores, kind='stable')
    labels = labels[by_score]
    # Integers of 16 bits are sorted by radix, far faster than others.
    labels = labels.astype(np.min_scalar_type(labels.max(initial=0)))
    return by_score[np.argsort(labels, kind='stable')]


def match_pairs(
        gt: PairArrays,
        det: PairArrays,
        iou_thr: float = 0.5,
        iou: IoU = aligned_inclusive_iou) -> Tuple[np.ndarray, np.ndarray]:
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
        iou (callable): IoUs, shape (N, ), of two arrays of boxes, shape
            (N, 4). Defaults to the official one.

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
    best_gt, overlaps = best_annotations(gt, det, iou)
    best_gt = np.where(overlaps >= iou_thr, best_gt, -1)
    return first_hits(best_gt, det.scores), best_gt


def best_annotations(
        gt: PairArrays,
        det: PairArrays,
        iou: IoU = aligned_inclusive_iou) -> Tuple[np.ndarray, np.ndarray]:
    """Annotated pair of the same image and HOI with the largest overlap.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections.
        iou (callable): As in `match_pairs`.

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - best_gt: Row of the annotated pair, the first one on ties, or -1
          where there is none, int64, shape (M, ).
        - overlaps: Overlap with it, the smaller IoU of subjects and objects,
          0 where there is none, float64, shape (M, ).

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = gt._replace(obj_bboxes=np.array([[0., 0., 9., 19.]]))
        >>> best_annotations(gt, det)
        (array([0]), array([0.5]))
    """
    num_labels = 1 + int(
        max(gt.labels.max(initial=0), det.labels.max(initial=0)))
    gt_rows, det_rows = image_rows(gt.images, det.images)
    return grouped_argmax(gt_rows * num_labels + gt.labels,
                          det_rows * num_labels + det.labels,
                          lambda i, j: pair_overlaps(gt, i, det, j, iou))


def image_rows(gt_images: np.ndarray,
               det_images: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Number the images that have annotations.

    Args:
        gt_images (np.ndarray): Any integers, shape (G, ).
        det_images (np.ndarray): Likewise, shape (M, ).

    Returns:
        tuple[np.ndarray, np.ndarray]: Numbers 0..B-1 instead, B for images
        without annotation, int64, shapes (G, ) and (M, ).

    Examples:
        >>> image_rows(np.array([70, 20, 70]), np.array([20, 5, 70]))
        (array([1, 0, 1]), array([0, 2, 1]))
    """
    images, gt_rows = np.unique(gt_images, return_inverse=True)
    det_rows = np.searchsorted(images, det_images)
    is_known = np.isin(det_images, images)
    return gt_rows, np.where(is_known, det_rows, len(images))


def pair_overlaps(gt: PairArrays,
                  gt_index: np.ndarray,
                  det: PairArrays,
                  det_index: np.ndarray,
                  iou: IoU = aligned_inclusive_iou) -> np.ndarray:
    """Smaller IoU of subjects and objects, row by row of the two indices.

    Args:
        gt (PairArrays): G annotated pairs.
        gt_index (np.ndarray): Rows of `gt`, shape (N, ).
        det (PairArrays): M detections.
        det_index (np.ndarray): Rows of `det`, shape (N, ).
        iou (callable): As in `match_pairs`.

    Returns:
        np.ndarray: Overlaps, float64, shape (N, ).
    """
    return np.minimum(
        iou(gt.sub_bboxes[gt_index], det.sub_bboxes[det_index]),
        iou(gt.obj_bboxes[gt_index], det.obj_bboxes[det_index]))


def first_hits(best_gt: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The best detection of each annotated pair that is hit.

    Args:
        best_gt (np.ndarray): Row of the pair that a detection hits or -1,
            shape (M, ).
        scores (np.ndarray): Scores, shape (M, ).

    Returns:
        np.ndarray: Whether no detection with a higher score, or an equal one
        and an earlier place, hits the same pair, bool, shape (M, ).

    Examples:
        >>> first_hits(np.array([4, -1, 4]), np.array([.4, .9, .6]))
        array([False, False,  True])
    """
    hits = np.flatnonzero(best_gt >= 0)
    hits = hits[np.argsort(-scores[hits], kind='stable')]
    _, first = np.unique(best_gt[hits], return_index=True)
    is_first = np.zeros(len(best_gt), dtype=bool)
    is_first[hits[first]] = True
    return is_first
