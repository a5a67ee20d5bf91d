# Copyright (c) mmhoi contributors.
"""HICO-DET's average precision by the size of a box, COCO style."""
from typing import Dict, NamedTuple

import numpy as np

from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .hico_det import check_pairs
from .pair_matching import class_score_order, match_pairs

# Areas in pixels, from (inclusive) and to (exclusive), as in COCO.
SIZE_RANGES = dict(
    small=(0, 32**2), medium=(32**2, 96**2), large=(96**2, np.inf))


class SizeRangeAP(NamedTuple):
    """Per-class results of one range of sizes.

    Attributes:
        ap (np.ndarray): 11-point average precision in 0..1, NaN for classes
            without annotated pair in the range, shape (H, ).
        num_gt (np.ndarray): Annotated pairs in the range, shape (H, ).
    """
    ap: np.ndarray
    num_gt: np.ndarray


def ap_by_size(gt: PairArrays,
               det: PairArrays,
               box: str,
               num_hois: int,
               recall_grid: str = 'matlab') -> Dict[str, SizeRangeAP]:
    """Average precision of pairs whose subject or object has a certain size.

    Detections are matched by the official protocol to all annotated pairs.
    Then, in each range:

    - Annotated pairs outside of it do not count, nor do the detections that
      hit them.
    - False positives count if their own box is inside.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        box (str): Box whose area decides, `sub` or `obj`.
        num_hois (int): Number of HOI classes H.
        recall_grid (str): See `evaluate_hico_det`. Defaults to 'matlab'.

    Returns:
        dict[str, SizeRangeAP]: Results of `small` (below 32 * 32 pixels),
        `medium` and `large` (from 96 * 96 pixels).

    Raises:
        ValueError: If `box` is unknown, and as `evaluate_hico_det`.

    Examples:
        >>> boxes = np.array([[0., 0., 9., 9.], [0., 0., 99., 99.]])
        >>> gt = PairArrays(np.array([7, 7]), np.array([0, 0]), boxes, boxes)
        >>> det = gt.select([1])._replace(scores=np.array([.5]))
        >>> sizes = ap_by_size(gt, det, 'sub', num_hois=1)
        >>> {name: float(size.ap.round(6)[0]) for name, size in sizes.items()}
        {'small': 0.0, 'medium': nan, 'large': 1.0}
    """
    if box not in ('sub', 'obj'):
        raise ValueError(f'unknown box "{box}"; allowed: sub, obj')
    check_pairs(gt, det, num_hois)
    is_tp, best_gt = match_pairs(gt, det)
    gt_areas, det_areas = (
        _areas(getattr(pairs, f'{box}_bboxes')) for pairs in (gt, det))
    order = class_score_order(det.labels, det.scores)
    results = {}
    for name, (low, high) in SIZE_RANGES.items():
        gt_inside = (low <= gt_areas) & (gt_areas < high)
        counts = is_tp | ((low <= det_areas) & (det_areas < high))
        hits = best_gt >= 0
        counts[hits] &= gt_inside[best_gt[hits]]
        rows = order[counts[order]]
        num_gt = np.bincount(gt.labels[gt_inside], minlength=num_hois)
        ap, _ = eleven_point_ap(det.labels[rows], is_tp[rows], num_gt,
                                recall_grid)
        results[name] = SizeRangeAP(np.where(num_gt > 0, ap, np.nan), num_gt)
    return results


def _areas(bboxes: np.ndarray) -> np.ndarray:
    """Areas of inclusive xyxy boxes in pixels, shape (N, )."""
    return (bboxes[:, 2] - bboxes[:, 0] + 1) * (
        bboxes[:, 3] - bboxes[:, 1] + 1)
