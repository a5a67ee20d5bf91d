# Copyright (c) mmhoi contributors.
"""What the Python evaluators of published code print for HICO-DET."""
from dataclasses import dataclass

import numpy as np

from mmhoi.ops import aligned_inclusive_iou, best_of_image
from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .hico_det import check_pairs
from .pair_matching import class_score_order, match_pairs

PYTHON_PROTOCOLS = ('hoiclip', 'qpic')


@dataclass(frozen=True)
class PythonProtocolResult:
    """Per-class results; H is the number of HOI classes.

    Attributes:
        protocol (str): `hoiclip` or `qpic`.
        ap (np.ndarray): 11-point average precision in 0..1, NaN for classes
            without annotation, shape (H, ).
        recall (np.ndarray): Recall of all detections in 0..1, NaN for classes
            without annotation, shape (H, ).
        num_gt (np.ndarray): Annotated pairs, shape (H, ).
        num_det (np.ndarray): Detections that the protocol counts, shape
            (H, ).
    """
    protocol: str
    ap: np.ndarray
    recall: np.ndarray
    num_gt: np.ndarray
    num_det: np.ndarray

    def full(self) -> float:
        """The printed mAP of all classes with annotations, NaN of none."""
        return _mean(self.ap[self.num_gt > 0])

    def subset(self, hoi_ids: np.ndarray) -> float:
        """The printed mAP of rare, non-rare, unseen or seen classes.

        `hoiclip` leaves annotated classes without any detection out of these
        means, though not out of `full`, and so prints too high a value.

        Args:
            hoi_ids (np.ndarray): HOI ids, shape (N, ).

        Returns:
            float: In 0..1, NaN of no class.
        """
        counts = self.num_gt > 0
        if self.protocol == 'hoiclip':
            counts = counts & (self.num_det > 0)
        return _mean(self.ap[hoi_ids][counts[hoi_ids]])

    def max_recall(self) -> float:
        """The printed mean recall of all classes with annotations."""
        return _mean(self.recall[self.num_gt > 0])


def evaluate_hico_det_python(gt: PairArrays,
                             det: PairArrays,
                             protocol: str,
                             num_hois: int,
                             max_per_image: int = 100) -> PythonProtocolResult:
    """Evaluate detections as a published Python evaluator does.

    `hoiclip` is the evaluator of HOICLIP and GEN-VLKT, `qpic` the one of QPIC
    and CDN. Both differ from the official program in these points:

    - The best `max_per_image` detections of an image count.
    - Recall thresholds are those of NumPy's arange.
    - Boxes that overlap by one row or column of pixels have no overlap.
    - A class without annotation is left out of the means.
    - `qpic` does not count detections in images without annotation.
    - `hoiclip`: see :meth:`PythonProtocolResult.subset`, and of detections
      with equal score in an image the first one is repeated instead of the
      others, see `repeat_first_of_ties`.

    Neither adds 1 to the detections, though HICO-DET's annotation counts
    pixels from 1. To get what they print, give 0-based detections and 1-based
    annotations. Equal scores in different images are ranked by position;
    theirs depend on NumPy's unstable sorting.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        protocol (str): `hoiclip` or `qpic`.
        num_hois (int): Number of HOI classes H.
        max_per_image (int): Detections of an image that count. Defaults to
            100.

    Returns:
        PythonProtocolResult: Results of each class.

    Raises:
        ValueError: If the protocol is unknown, a label lies outside of
            0..num_hois-1, or a score or box of a detection is not finite.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = gt._replace(scores=np.array([.5]))
        >>> result = evaluate_hico_det_python(gt, det, 'qpic', num_hois=4)
        >>> result.ap.round(6), round(result.full(), 6)
        (array([nan, nan, nan,  1.]), 1.0)
    """
    if protocol not in PYTHON_PROTOCOLS:
        raise ValueError(f'unknown protocol "{protocol}"; allowed: '
                         f'{", ".join(PYTHON_PROTOCOLS)}')
    check_pairs(gt, det, num_hois)
    det = det.select(best_of_image(det.images, det.scores, max_per_image))
    if protocol == 'hoiclip':
        det = repeat_first_of_ties(det)
    else:
        det = det.select(np.isin(det.images, gt.images))
    is_tp, _ = match_pairs(gt, det, iou=_iou_with_extent)
    order = class_score_order(det.labels, det.scores)
    num_gt = np.bincount(gt.labels, minlength=num_hois)
    ap, recall = eleven_point_ap(det.labels[order], is_tp[order], num_gt,
                                 'numpy')
    return PythonProtocolResult(
        protocol=protocol,
        ap=np.where(num_gt > 0, ap, np.nan),
        recall=recall,
        num_gt=num_gt,
        num_det=np.bincount(det.labels, minlength=num_hois))


def repeat_first_of_ties(det: PairArrays) -> PairArrays:
    """Replace detections with equal score in an image by the first of them.

    HOICLIP's evaluator looks a taken score up among all of them and always
    finds the first one. Use this before `nms_pairs` to get its predictions.

    Args:
        det (PairArrays): M detections, with scores, those of an image in the
            order of query and HOI where scores are equal, as `top_pairs`
            gives them.

    Returns:
        PairArrays: M detections, ascending by image, inside an image by
        descending score.

    Examples:
        >>> boxes = np.zeros((3, 4))
        >>> det = PairArrays(np.array([1, 1, 1]), np.array([4, 5, 6]), boxes,
        ...                  boxes, np.array([.2, .7, .7]))
        >>> repeat_first_of_ties(det).labels
        array([5, 5, 4])
    """
    order = np.lexsort((-det.scores, det.images))
    images, scores = det.images[order], det.scores[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (images[1:] != images[:-1]) | (scores[1:] != scores[:-1])
    return det.select(order[np.maximum.accumulate(
        np.where(is_first, np.arange(len(order)), 0))])


def _iou_with_extent(bboxes1: np.ndarray, bboxes2: np.ndarray) -> np.ndarray:
    """Inclusive IoU, 0 where the common part is a row or column of pixels."""
    extent = (
        np.minimum(bboxes1[:, 2:], bboxes2[:, 2:]) -
        np.maximum(bboxes1[:, :2], bboxes2[:, :2]))
    return np.where((extent > 0).all(1),
                    aligned_inclusive_iou(bboxes1, bboxes2), 0)


def _mean(values: np.ndarray) -> float:
    """Mean as a Python float, NaN of nothing."""
    return float(values.mean()) if len(values) else float('nan')
