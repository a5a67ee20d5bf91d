# Copyright (c) mmhoi contributors.
"""Average precision of many classes at once, 11-point and area."""
from typing import Tuple

import numpy as np

# MATLAB builds 0:0.1:1 from both ends and reaches 0.6 and 0.7, which i * 0.1
# misses by one unit in the last place: a class whose recall ends exactly at
# 3/5 then loses that point. The official evaluation of HICO-DET is a MATLAB
# program; its 0.3 is one unit too high, that of SWIG-HOI (i / 10) is not.
RECALL_GRIDS = {
    'matlab': np.array([0, .1, .2, 3 * .1, .4, .5, .6, .7, .8, .9, 1]),
    'numpy': np.arange(11) * 0.1,
    'decimal': np.arange(11) / 10,
}


def eleven_point_ap(
        labels: np.ndarray,
        is_tp: np.ndarray,
        num_gt: np.ndarray,
        recall_grid: str = 'matlab') -> Tuple[np.ndarray, np.ndarray]:
    """Average precision and final recall of each class.

    The precision at a grid point is the largest one at a recall not below it,
    or 0 where the recall is never reached.

    Args:
        labels (np.ndarray): Class of each detection, shape (N, ), sorted by
            class and inside a class by descending score.
        is_tp (np.ndarray): Whether the detection is a true positive, bool,
            shape (N, ).
        num_gt (np.ndarray): Annotated pairs of each class, shape (H, ).
        recall_grid (str): `matlab`, `numpy` or `decimal`, see
            `RECALL_GRIDS`. Defaults to 'matlab'.

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - ap: In 0..1, 0 for classes without annotation, float64, shape (H, ).
        - recall: Over all detections, in 0..1, NaN for classes without
          annotation, float64, shape (H, ).

    Raises:
        ValueError: If the recall grid is unknown.

    Examples:
        >>> ap, recall = eleven_point_ap(
        ...     np.array([0, 0]), np.array([True, False]), np.array([2, 0]))
        >>> ap.round(3), recall
        (array([0.545, 0.   ]), array([0.5, nan]))
    """
    if recall_grid not in RECALL_GRIDS:
        raise ValueError(f'unknown recall grid "{recall_grid}" (config key '
                         '`recall_grid` of the metric); allowed: '
                         f'{", ".join(RECALL_GRIDS)}')
    num_gt = np.asarray(num_gt)
    num_tp = np.bincount(labels[is_tp], minlength=len(num_gt))
    recall = _ratio(num_tp, num_gt)
    ap = np.zeros(len(num_gt))
    if len(labels) == 0:
        return ap, recall

    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    runs = np.diff(starts, append=len(labels))
    tp_before = np.cumsum(is_tp) - is_tp
    tp = np.cumsum(is_tp) - tp_before[starts].repeat(runs)
    ranks = np.arange(1, len(labels) + 1) - starts.repeat(runs)
    recalls = _ratio(tp, num_gt[labels])
    precisions = tp / ranks
    for threshold in RECALL_GRIDS[recall_grid]:
        reached = np.where(recalls >= threshold, precisions, 0)
        ap[labels[starts]] += np.maximum.reduceat(reached, starts) / 11
    return ap, recall


def area_ap(labels: np.ndarray, is_tp: np.ndarray,
            num_gt: np.ndarray) -> np.ndarray:
    """Area under the interpolated precision-recall curve of each class.

    The interpolated precision at a recall is the largest one at that or any
    higher recall, as in PASCAL VOC from 2010 on.

    Args:
        labels (np.ndarray): Class of each detection, shape (N, ), sorted by
            class and inside a class by descending score.
        is_tp (np.ndarray): Whether the detection is a true positive, bool,
            shape (N, ).
        num_gt (np.ndarray): Annotated instances of each class, shape (H, ).

    Returns:
        np.ndarray: AP in 0..1, NaN for classes without annotation, float64,
        shape (H, ).

    Examples:
        >>> area_ap(np.array([0, 0, 0]), np.array([True, False, True]),
        ...         np.array([2, 0])).round(3)
        array([0.833,   nan])
    """
    num_gt = np.asarray(num_gt)
    area = np.zeros(len(num_gt))
    bounds = np.searchsorted(labels, np.arange(len(num_gt) + 1))
    for label, (start, stop) in enumerate(zip(bounds, bounds[1:])):
        hits = np.flatnonzero(is_tp[start:stop])
        precisions = np.arange(1, len(hits) + 1) / (hits + 1)
        # Recall rises at hits only, by the same step each time.
        area[label] = np.maximum.accumulate(precisions[::-1]).sum()
    return _ratio(area, num_gt)


def _ratio(count: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Quotient as float64, NaN where the total is 0."""
    return np.divide(
        count, total, out=np.full(len(count), np.nan), where=total > 0)
