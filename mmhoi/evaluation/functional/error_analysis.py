# Copyright (c) mmhoi contributors.
"""Which kinds of errors cost a HOI detector its average precision."""
from dataclasses import dataclass
from typing import Callable, Dict, Tuple

import numpy as np

from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .grouped_argmax import grouped_argmax
from .hico_det import check_pairs
from .pair_matching import (class_score_order, first_hits, image_rows,
                            match_pairs, pair_overlaps)

# In this order they are corrected; `missed` comes after them.
FALSE_POSITIVES = ('wrong_box', 'wrong_object', 'wrong_verb', 'duplicate',
                   'background')
ERRORS = FALSE_POSITIVES + ('missed', )
TRUE_POSITIVE = 'true_positive'


@dataclass(frozen=True)
class ErrorAnalysis:
    """Errors of each class; H is the number of HOI classes.

    Attributes:
        ap (np.ndarray): 11-point average precision in 0..1, NaN for classes
            without annotation, shape (H, ).
        lost_ap (dict[str, np.ndarray]): AP that each of `ERRORS` costs, NaN
            for classes without annotation, shape (H, ). Together they are
            1 - ap.
        counts (dict[str, np.ndarray]): Detections with each of
            `FALSE_POSITIVES` and annotated pairs that are `missed`, shape
            (H, ).
    """
    ap: np.ndarray
    lost_ap: Dict[str, np.ndarray]
    counts: Dict[str, np.ndarray]

    def shares(self, hoi_ids: np.ndarray) -> Dict[str, float]:
        """Share of each error in the lost mAP of some classes.

        Args:
            hoi_ids (np.ndarray): HOI ids, shape (N, ).

        Returns:
            dict[str, float]: In 0..1, together 1; NaN if nothing is lost.
        """
        means = {
            name: _mean_of_annotated(lost[hoi_ids])
            for name, lost in self.lost_ap.items()
        }
        total = sum(means.values())
        return {
            name: mean / total if total > 0 else float('nan')
            for name, mean in means.items()
        }


def analyze_errors(gt: PairArrays,
                   det: PairArrays,
                   hoi_to_object: np.ndarray,
                   iou_thr: float = 0.5,
                   near_thr: float = 0.1,
                   recall_grid: str = 'matlab') -> ErrorAnalysis:
    """Split the lost average precision into kinds of errors.

    A false positive of the official protocol is the first of these that fits:

    - duplicate: It hits an annotated pair of its HOI that is taken.
    - wrong_verb: It overlaps a pair of the same object by `iou_thr`.
    - wrong_object: It overlaps any pair by `iou_thr`.
    - wrong_box: It overlaps a pair of its HOI by `near_thr`, or one of the
      two boxes alone by `iou_thr`.
    - background: None of these.

    Then the errors are corrected, kind after kind in the order of
    `ERRORS`: of the wrong detections of a pair that is not found yet, the one
    with the highest score becomes a true positive of the pair's HOI, all
    others are removed, and at last the pairs that are still missed are found.
    What the AP gains at a step is what the error costs. The idea is that of
    TIDE (Bolya et al., 2020), but there each error is corrected alone, so
    that the parts do not add up. A share depends on the order: what is
    corrected late seems to cost more.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        hoi_to_object (np.ndarray): Object of each HOI, shape (H, ).
        iou_thr (float): Smallest overlap of a hit. Defaults to 0.5.
        near_thr (float): Smallest overlap of a wrong box. Defaults to 0.1.
        recall_grid (str): See `evaluate_hico_det`. Defaults to 'matlab'.

    Returns:
        ErrorAnalysis: Lost AP and counts.

    Raises:
        ValueError: As `evaluate_hico_det`.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([0]), box, box)
        >>> det = gt._replace(labels=np.array([1]), scores=np.array([.5]))
        >>> errors = analyze_errors(gt, det, np.array([5, 5]))
        >>> {k: round(v, 6) for k, v in errors.shares([0]).items() if v}
        {'wrong_verb': 1.0}
    """
    hoi_to_object = np.asarray(hoi_to_object)
    num_hois = len(hoi_to_object)
    check_pairs(gt, det, num_hois)
    kinds, targets = _classify(gt, det, hoi_to_object, iou_thr, near_thr)
    num_gt = np.bincount(gt.labels, minlength=num_hois)

    labels, is_tp = det.labels.copy(), kinds == TRUE_POSITIVE
    remains = np.ones(len(labels), dtype=bool)
    is_found = np.zeros(len(gt.labels), dtype=bool)
    is_found[targets[is_tp]] = True
    aps = [_ap(labels, det.scores, is_tp, num_gt, recall_grid)]
    for kind in FALSE_POSITIVES:
        rows = np.flatnonzero(kinds == kind)
        remains[rows] = False
        if kind.startswith('wrong'):
            rows = rows[~is_found[targets[rows]]]
            rows = rows[first_hits(targets[rows], det.scores[rows])]
            labels[rows] = gt.labels[targets[rows]]
            is_tp[rows] = remains[rows] = is_found[targets[rows]] = True
        aps.append(
            _ap(labels[remains], det.scores[remains], is_tp[remains], num_gt,
                recall_grid))
    # Only true positives remain: with all pairs found the AP is 1, which the
    # sum of eleven parts may exceed by a rounding error.
    aps.append(np.maximum(aps[-1], 1))

    counts = {
        kind: np.bincount(det.labels[kinds == kind], minlength=num_hois)
        for kind in FALSE_POSITIVES
    }
    counts['missed'] = np.bincount(gt.labels[~is_found], minlength=num_hois)
    return ErrorAnalysis(
        ap=aps[0],
        lost_ap=dict(zip(ERRORS, np.diff(aps, axis=0))),
        counts=counts)


def _classify(gt: PairArrays, det: PairArrays, hoi_to_object: np.ndarray,
              iou_thr: float,
              near_thr: float) -> Tuple[np.ndarray, np.ndarray]:
    """Kind of each detection and the annotated pair it is about, (M, )."""

    def nearness(i, j):
        sub_ious = aligned_inclusive_iou(gt.sub_bboxes[i], det.sub_bboxes[j])
        obj_ious = aligned_inclusive_iou(gt.obj_bboxes[i], det.obj_bboxes[j])
        one_is_right = np.maximum(sub_ious, obj_ious) >= iou_thr
        return np.maximum(
            np.minimum(sub_ious, obj_ious), near_thr * one_is_right)

    def overlap(i, j):
        return pair_overlaps(gt, i, det, j)

    is_tp, hit_gt = match_pairs(gt, det, iou_thr)
    objects = hoi_to_object[gt.labels], hoi_to_object[det.labels]
    anything = np.zeros_like(gt.labels), np.zeros_like(det.labels)
    kinds = np.full(len(det.labels), 'background', dtype='U13')
    targets = np.full(len(det.labels), -1, dtype=np.int64)
    # What comes later takes precedence.
    for kind, groups, measure, threshold in (
        ('wrong_box', (gt.labels, det.labels), nearness, near_thr),
        ('wrong_object', anything, overlap, iou_thr),
        ('wrong_verb', objects, overlap, iou_thr),
    ):
        near_gt = _nearest(gt, det, groups, measure, threshold)
        kinds[near_gt >= 0] = kind
        targets = np.where(near_gt >= 0, near_gt, targets)
    kinds[hit_gt >= 0] = 'duplicate'
    kinds[is_tp] = TRUE_POSITIVE
    return kinds, np.where(hit_gt >= 0, hit_gt, targets)


def _nearest(gt: PairArrays, det: PairArrays, groups: Tuple[np.ndarray,
                                                            np.ndarray],
             measure: Callable, threshold: float) -> np.ndarray:
    """Row of the nearest pair of the same image and group or -1, (M, )."""
    gt_rows, det_rows = image_rows(gt.images, det.images)
    num_groups = 1 + int(max(group.max(initial=0) for group in groups))
    best_gt, values = grouped_argmax(gt_rows * num_groups + groups[0],
                                     det_rows * num_groups + groups[1],
                                     measure)
    return np.where(values >= threshold, best_gt, -1)


def _ap(labels: np.ndarray, scores: np.ndarray, is_tp: np.ndarray,
        num_gt: np.ndarray, recall_grid: str) -> np.ndarray:
    """AP of unsorted detections, NaN for classes without annotation."""
    order = class_score_order(labels, scores)
    ap, _ = eleven_point_ap(labels[order], is_tp[order], num_gt, recall_grid)
    return np.where(num_gt > 0, ap, np.nan)


def _mean_of_annotated(values: np.ndarray) -> float:
    """Mean of what is not NaN as a Python float, 0 of nothing."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else 0.
