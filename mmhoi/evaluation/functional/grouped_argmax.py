# Copyright (c) mmhoi contributors.
from typing import Callable, Tuple

import numpy as np


def grouped_argmax(
    gt_keys: np.ndarray, det_keys: np.ndarray,
    overlap: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> Tuple[np.ndarray, np.ndarray]:
    """Best annotation of the same group for each detection.

    Works through the places of a group one by one, so that no table of all
    combinations is made.

    Args:
        gt_keys (np.ndarray): Group of each annotation, shape (G, ).
        det_keys (np.ndarray): Group of each detection, shape (M, ).
        overlap (callable): Overlaps, shape (N, ), of annotations and
            detections given as two index arrays of shape (N, ).

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - best: Annotation with the largest overlap, the first one on ties
          even if all are 0, -1 in groups without annotation, int64, (M, ).
        - overlaps: That overlap, 0 where there is none, shape (M, ).

    Examples:
        >>> table = np.array([[.2, .5], [.9, .5]])
        >>> grouped_argmax(np.array([7, 7]), np.array([7, 7, 8]),
        ...                lambda gt, det: table[gt, det])
        (array([ 1,  0, -1]), array([0.9, 0.5, 0. ]))
    """
    order = np.argsort(gt_keys, kind='stable')
    first = np.searchsorted(gt_keys[order], det_keys, side='left')
    last = np.searchsorted(gt_keys[order], det_keys, side='right')
    best = np.full(len(det_keys), -1, np.int64)
    overlaps = np.zeros(len(det_keys))
    rows = np.flatnonzero(first < last)
    while len(rows):
        candidates = order[first[rows]]
        values = overlap(candidates, rows)
        better = (values > overlaps[rows]) | (best[rows] < 0)
        best[rows[better]] = candidates[better]
        overlaps[rows[better]] = values[better]
        first[rows] += 1
        rows = rows[first[rows] < last[rows]]
    return best, overlaps
