# Copyright (c) mmhoi contributors.
"""Suppression of duplicate pairs in many images at once."""
from typing import Tuple

import numpy as np

from mmhoi.structures import PairArrays
from .iou import aligned_inclusive_iou


def nms_pairs(det: PairArrays,
              iou_thr: float = 0.7,
              sub_power: float = 1.0,
              obj_power: float = 0.5) -> np.ndarray:
    """Suppress duplicate pairs of each image and HOI.

    In descending order of score a pair is dropped if a kept pair of the same
    image and HOI has `IoU_sub ** sub_power * IoU_obj ** obj_power > iou_thr`.
    The result is that of `mmhoi.models.layers.pair_nms`, image by image.

    Args:
        det (PairArrays): M detections, with scores.
        iou_thr (float): Largest weighted overlap of two kept pairs. Defaults
            to 0.7.
        sub_power (float): Exponent of the subjects' IoU. Defaults to 1.0.
        obj_power (float): Exponent of the objects' IoU. Defaults to 0.5.

    Returns:
        np.ndarray: Rows of the kept pairs, ascending, int64, shape (K, ).

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]] * 3)
        >>> det = PairArrays(np.array([1, 1, 1]), np.array([5, 5, 4]), box,
        ...                  box, np.array([.1, .3, .2]))
        >>> nms_pairs(det)
        array([1, 2])
    """
    order = np.lexsort((-det.scores, det.labels, det.images))
    better, worse = _pairs_of_a_group(det.images[order], det.labels[order])
    overlap = aligned_inclusive_iou(det.sub_bboxes[order[better]],
                                    det.sub_bboxes[order[worse]])**sub_power
    # The other factor is at most 1.
    near = np.flatnonzero(overlap > iou_thr)
    better, worse, overlap = better[near], worse[near], overlap[near]
    overlap *= aligned_inclusive_iou(det.obj_bboxes[order[better]],
                                     det.obj_bboxes[order[worse]])**obj_power
    near = overlap > iou_thr
    kept = _greedy(len(order), better[near], worse[near])
    return np.sort(order[kept])


def _pairs_of_a_group(images: np.ndarray,
                      labels: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """All (i, j) with i < j, equal image and label; both are sorted."""
    is_new = np.ones(len(images), dtype=bool)
    is_new[1:] = (np.diff(images) != 0) | (np.diff(labels) != 0)
    starts = np.flatnonzero(is_new)
    sizes = np.diff(starts, append=len(images))
    num_worse = (starts + sizes).repeat(sizes) - np.arange(len(images)) - 1
    better = np.arange(len(images)).repeat(num_worse)
    first = np.cumsum(num_worse) - num_worse
    return better, np.arange(len(better)) - first[better] + better + 1


def _greedy(num: int, better: np.ndarray, worse: np.ndarray) -> np.ndarray:
    """Which of `num` sorted pairs remain if `better` suppresses `worse`.

    Each round settles the pairs whose suppressors are all settled; there are
    as many rounds as links in the longest chain, not as many as pairs.
    """
    kept = np.ones(num, dtype=bool)
    while len(better):
        is_open = np.zeros(num, dtype=bool)
        is_open[worse] = True
        is_final = ~is_open[better]
        kept[worse[is_final & kept[better]]] = False
        left = ~is_final & kept[worse]
        better, worse = better[left], worse[left]
    return kept
