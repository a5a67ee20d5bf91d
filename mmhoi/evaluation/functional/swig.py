# Copyright (c) mmhoi contributors.
"""The evaluation of SWIG-HOI on plain arrays."""
from dataclasses import dataclass
from typing import Dict

import numpy as np

from mmhoi.label_spaces.swig import COMMON, RARE, UNSEEN
from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .hico_det import check_pairs
from .pair_matching import class_score_order, match_pairs

#: Detections of a class that are looked at, the best ones of all images.
MAX_PER_CLASS = 19_999


@dataclass(frozen=True)
class SWIGResult:
    """Per-class results; H is the number of HOI classes.

    Attributes:
        ap (np.ndarray): 11-point average precision in 0..1, 0 for classes
            without annotation or without detection, shape (H, ).
        recall (np.ndarray): Recall of the detections that are looked at, in
            0..1, NaN for classes without annotation, shape (H, ).
        num_gt (np.ndarray): Annotated pairs, shape (H, ).
        num_det (np.ndarray): Detections, shape (H, ).
    """
    ap: np.ndarray
    recall: np.ndarray
    num_gt: np.ndarray
    num_det: np.ndarray

    def mean_ap(self, hoi_ids: np.ndarray) -> float:
        """Mean AP of some classes, those without annotation too.

        Args:
            hoi_ids (np.ndarray): HOI ids, shape (N, ).

        Returns:
            float: In 0..1, NaN of no class.
        """
        return float(self.ap[hoi_ids].mean()) if len(hoi_ids) else float('nan')


def aligned_continuous_iou(bboxes1: np.ndarray,
                           bboxes2: np.ndarray) -> np.ndarray:
    """IoU of boxes row by row, with widths `x2 - x1`.

    Args:
        bboxes1 (np.ndarray): xyxy in pixels, shape (N, 4).
        bboxes2 (np.ndarray): xyxy in pixels, shape (N, 4).

    Returns:
        np.ndarray: float64 IoUs, 0 where the boxes do not overlap, also if
        they are empty, shape (N, ).

    Examples:
        >>> aligned_continuous_iou(np.array([[0, 0, 10, 10]]),
        ...                        np.array([[0, 0, 10, 20]]))
        array([0.5])
    """
    bboxes1 = bboxes1.astype(np.float64)
    bboxes2 = bboxes2.astype(np.float64)
    areas = [(bboxes[:, 2:] - bboxes[:, :2]).clip(min=0).prod(1)
             for bboxes in (bboxes1, bboxes2)]
    overlap = (
        np.minimum(bboxes1[:, 2:], bboxes2[:, 2:]) -
        np.maximum(bboxes1[:, :2], bboxes2[:, :2]))
    intersection = overlap.clip(min=0).prod(1)
    union = areas[0] + areas[1] - intersection
    return np.divide(
        intersection, union, out=np.zeros(len(union)), where=intersection > 0)


def evaluate_swig(gt: PairArrays, det: PairArrays,
                  num_hois: int) -> SWIGResult:
    """Evaluate detections as the official SWIG-HOI code does.

    The overlap of two pairs is the smaller one of the subjects' and the
    objects' IoU. A detection looks only at the annotated pair of its HOI and
    image with the largest overlap, and is a true positive if that is at least
    0.5 and the pair is free. Only the best 19,999 detections of a class
    count. The recall thresholds are i / 10. Detections with equal score are
    ranked by their position, whereas the official order of them is
    arbitrary.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        num_hois (int): Number of HOI classes H.

    Returns:
        SWIGResult: Results of each class, those that are not part of the
        evaluation too.

    Raises:
        ValueError: If a label lies outside of 0..num_hois-1, or a score or
            box of a detection is not finite.

    Examples:
        >>> box = np.array([[0., 0., 10., 10.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = gt._replace(scores=np.array([.5]))
        >>> evaluate_swig(gt, det, num_hois=4).ap.round(6)
        array([0., 0., 0., 1.])
    """
    check_pairs(gt, det, num_hois)
    num_det = np.bincount(det.labels, minlength=num_hois)
    order = class_score_order(det.labels, det.scores)
    starts = np.cumsum(num_det) - num_det
    ranks = np.arange(len(order)) - starts[det.labels[order]]
    det = det.select(order[ranks < MAX_PER_CLASS])
    is_tp, _ = match_pairs(gt, det, iou=aligned_continuous_iou)
    num_gt = np.bincount(gt.labels, minlength=num_hois)
    ap, recall = eleven_point_ap(det.labels, is_tp, num_gt, 'decimal')
    return SWIGResult(ap, recall, num_gt, num_det)


def swig_subsets(frequencies: np.ndarray,
                 evaluated_hois: np.ndarray) -> Dict[str, np.ndarray]:
    """HOI ids over which the means are taken.

    Args:
        frequencies (np.ndarray): 0 for HOIs that training never sees, 1 for
            rare and 2 for common ones, shape (H, ).
        evaluated_hois (np.ndarray): Ids of the HOIs that are evaluated.

    Returns:
        dict[str, np.ndarray]: Evaluated HOIs: `full` (all), `zero` (not in
        training), `rare`, `non_rare`; and `seen`, all but `zero`, which the
        data set's first publication calls full.

    Examples:
        >>> subsets = swig_subsets(np.array([0, 1, 2, 2]), np.array([0, 1, 3]))
        >>> {name: hois.tolist() for name, hois in subsets.items()}
        ... # doctest: +NORMALIZE_WHITESPACE
        {'full': [0, 1, 3], 'zero': [0], 'rare': [1], 'non_rare': [3],
         'seen': [1, 3]}
    """
    full = np.unique(np.asarray(evaluated_hois, int))
    kinds = np.asarray(frequencies)[full]
    return dict(
        full=full,
        zero=full[kinds == UNSEEN],
        rare=full[kinds == RARE],
        non_rare=full[kinds == COMMON],
        seen=full[kinds != UNSEEN])
