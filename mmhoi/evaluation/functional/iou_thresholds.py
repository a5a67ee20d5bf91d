# Copyright (c) mmhoi contributors.
"""HICO-DET's average precision at stricter overlaps, COCO style."""
from typing import Sequence

import numpy as np

from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .hico_det import check_pairs
from .pair_matching import best_annotations, class_score_order, first_hits

COCO_IOU_THRS = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


def ap_at_iou_thresholds(gt: PairArrays,
                         det: PairArrays,
                         num_hois: int,
                         iou_thrs: Sequence[float] = COCO_IOU_THRS,
                         recall_grid: str = 'matlab') -> np.ndarray:
    """11-point average precision at several overlaps.

    All else follows the official protocol, so that the row of 0.5 is its AP.
    The mean of all rows is to it what COCO's AP is to AP50; it is no official
    measure of HICO-DET.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        num_hois (int): Number of HOI classes H.
        iou_thrs (Sequence[float]): T overlaps. Defaults to COCO's 0.5 to 0.95
            in steps of 0.05.
        recall_grid (str): See `evaluate_hico_det`. Defaults to 'matlab'.

    Returns:
        np.ndarray: AP in 0..1, 0 for classes without annotation, float64,
        shape (T, H).

    Raises:
        ValueError: As `evaluate_hico_det`.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([0]), box, box)
        >>> det = gt._replace(
        ...     obj_bboxes=box - [0, 0, 0, 2], scores=np.array([.5]))
        >>> ap_at_iou_thresholds(gt, det, 1, [.5, .8, .85]).round(6).tolist()
        [[1.0], [1.0], [0.0]]
    """
    check_pairs(gt, det, num_hois)
    best_gt, overlaps = best_annotations(gt, det)
    order = class_score_order(det.labels, det.scores)
    num_gt = np.bincount(gt.labels, minlength=num_hois)
    aps = []
    for iou_thr in iou_thrs:
        is_tp = first_hits(
            np.where(overlaps >= iou_thr, best_gt, -1), det.scores)
        ap, _ = eleven_point_ap(det.labels[order], is_tp[order], num_gt,
                                recall_grid)
        aps.append(ap)
    return np.stack(aps)
