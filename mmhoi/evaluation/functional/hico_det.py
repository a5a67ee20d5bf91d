# Copyright (c) mmhoi contributors.
"""The official HICO-DET evaluation on plain arrays."""
from dataclasses import dataclass
from typing import Dict

import numpy as np

from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .pair_matching import class_score_order, match_pairs


@dataclass(frozen=True)
class HICODetResult:
    """Per-class results; H is the number of HOI classes.

    Attributes:
        ap (np.ndarray): 11-point average precision in 0..1, 0 for classes
            without annotation, shape (H, ).
        recall (np.ndarray): Recall of all detections in 0..1, NaN for classes
            without annotation, shape (H, ).
        num_gt (np.ndarray): Annotated pairs, shape (H, ).
        num_det (np.ndarray): Detections, shape (H, ).
    """
    ap: np.ndarray
    recall: np.ndarray
    num_gt: np.ndarray
    num_det: np.ndarray

    def mean_ap(self, hoi_ids: np.ndarray) -> float:
        """Mean AP of some classes, NaN of none.

        As in the official code, a class without annotation counts 0.

        Args:
            hoi_ids (np.ndarray): HOI ids, shape (N, ).

        Returns:
            float: In 0..1.
        """
        return _mean(self.ap[hoi_ids])

    def mean_recall(self, hoi_ids: np.ndarray) -> float:
        """Mean recall of those classes that have annotations, NaN of none.

        Args:
            hoi_ids (np.ndarray): HOI ids, shape (N, ).

        Returns:
            float: In 0..1.
        """
        recall = self.recall[hoi_ids]
        return _mean(recall[~np.isnan(recall)])


def evaluate_hico_det(gt: PairArrays,
                      det: PairArrays,
                      num_hois: int,
                      recall_grid: str = 'matlab',
                      iou_thr: float = 0.5) -> HICODetResult:
    """Evaluate detections as the official HICO-DET code does.

    This is the Default setting; `known_object_detections` selects the
    detections of the Known-Object setting. Detections with equal score are
    ranked by their position.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        num_hois (int): Number of HOI classes H.
        recall_grid (str): `matlab` for the thresholds of the official program
            or `numpy` for those of the Python evaluators in the field, which
            give up to a few tenths of a point less. Defaults to 'matlab'.
        iou_thr (float): Smallest overlap of a hit. Defaults to 0.5.

    Returns:
        HICODetResult: Results of each class.

    Raises:
        ValueError: If a label lies outside of 0..num_hois-1, a score or box
            of a detection is not finite, or the recall grid is unknown.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = gt._replace(scores=np.array([.5]))
        >>> result = evaluate_hico_det(gt, det, num_hois=4)
        >>> result.ap.round(6)
        array([0., 0., 0., 1.])
        >>> round(result.mean_ap([2, 3]), 6), result.mean_recall([2, 3])
        (0.5, 1.0)
    """
    check_pairs(gt, det, num_hois)
    is_tp, _ = match_pairs(gt, det, iou_thr)
    order = class_score_order(det.labels, det.scores)
    num_gt = np.bincount(gt.labels, minlength=num_hois)
    return _measure(det.labels[order], is_tp[order], num_gt, recall_grid)


def evaluate_hico_det_settings(
        gt: PairArrays,
        det: PairArrays,
        hoi_to_object: np.ndarray,
        object_images: np.ndarray,
        recall_grid: str = 'matlab') -> Dict[str, HICODetResult]:
    """Evaluate in the Default and the Known-Object setting.

    Gives the same as `evaluate_hico_det` of all detections and of those that
    `known_object_detections` selects, but matches and sorts only once: an
    image counts for all detections of a HOI or for none, so that no hit of
    one setting can become a miss in the other.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores; their `images` are rows
            0..B-1 of the table.
        hoi_to_object (np.ndarray): Object of each HOI, shape (H, ).
        object_images (np.ndarray): Whether image b counts for object o, bool,
            shape (O, B), see `known_object_detections`.
        recall_grid (str): See `evaluate_hico_det`. Defaults to 'matlab'.

    Returns:
        dict[str, HICODetResult]: Results of `default` and `known_object`.

    Raises:
        ValueError: As `evaluate_hico_det`, or if an image is no row of the
            table.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]] * 2)
        >>> gt = PairArrays(np.array([0]), np.array([0]), box[:1], box[:1])
        >>> det = PairArrays(np.array([0, 1]), np.array([0, 0]), box, box,
        ...                  np.array([.5, .9]))
        >>> results = evaluate_hico_det_settings(
        ...     gt, det, np.array([0]), np.array([[True, False]]))
        >>> [result.ap.round(6).tolist() for result in results.values()]
        [[0.5], [1.0]]
    """
    hoi_to_object = np.asarray(hoi_to_object)
    check_pairs(gt, det, len(hoi_to_object))
    is_tp, _ = match_pairs(gt, det)
    order = class_score_order(det.labels, det.scores)
    labels, is_tp = det.labels[order], is_tp[order]
    is_known = _is_known(labels, det.images[order], hoi_to_object,
                         object_images)
    num_gt = np.bincount(gt.labels, minlength=len(hoi_to_object))
    return dict(
        default=_measure(labels, is_tp, num_gt, recall_grid),
        known_object=_measure(labels[is_known], is_tp[is_known], num_gt,
                              recall_grid))


def known_object_detections(det: PairArrays, hoi_to_object: np.ndarray,
                            object_images: np.ndarray) -> PairArrays:
    """Detections that count in the Known-Object setting.

    These are the ones in images that are labelled with any HOI of the
    detection's object. The annotation stays the same.

    Args:
        det (PairArrays): M detections; their `images` are rows 0..B-1 of the
            table.
        hoi_to_object (np.ndarray): Object of each HOI, shape (H, ).
        object_images (np.ndarray): Whether image b counts for object o, bool,
            shape (O, B). It follows from HICO's image-level labels (anno.mat),
            not from the boxes.

    Returns:
        PairArrays: The remaining detections, in their order.

    Raises:
        ValueError: If an image is no row of the table.
    """
    return det.select(
        _is_known(det.labels, det.images, hoi_to_object, object_images))


def check_pairs(gt: PairArrays, det: PairArrays, num_hois: int) -> None:
    """Check what would silently spoil a measure.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        num_hois (int): Number of HOI classes H.

    Raises:
        ValueError: If a label lies outside of 0..num_hois-1 or a score or box
            of a detection is not finite.
    """
    for kind, labels in (('annotated', gt.labels), ('detected', det.labels)):
        outside = labels[(labels < 0) | (labels >= num_hois)]
        if len(outside):
            raise ValueError(
                f'{kind} HOI id {outside[0]} is outside of '
                f'0..{num_hois - 1}; annotations and model must use the label '
                'space of the data set (`hoi_classes` of its metainfo)')
    for name in ('scores', 'sub_bboxes', 'obj_bboxes'):
        values = getattr(det, name)
        if not np.isfinite(values).all():
            row = np.argwhere(~np.isfinite(values))[0][0]
            raise ValueError(
                f'{name} of the detection in row {row} (image '
                f'{det.images[row]}) are not finite: {values[row]}; has the '
                'model diverged?')


def _is_known(labels: np.ndarray, images: np.ndarray,
              hoi_to_object: np.ndarray,
              object_images: np.ndarray) -> np.ndarray:
    """Whether detections count in the Known-Object setting, (M, )."""
    num_images = object_images.shape[1]
    outside = images[(images < 0) | (images >= num_images)]
    if len(outside):
        raise ValueError(
            f'image {outside[0]} of a detection is no row of the table '
            f'`object_images`; number the {num_images} images that it has '
            f'0..{num_images - 1}')
    return object_images[np.asarray(hoi_to_object)[labels], images]


def _measure(labels: np.ndarray, is_tp: np.ndarray, num_gt: np.ndarray,
             recall_grid: str) -> HICODetResult:
    """Results of detections that are sorted by class and score."""
    ap, recall = eleven_point_ap(labels, is_tp, num_gt, recall_grid)
    return HICODetResult(
        ap=ap,
        recall=recall,
        num_gt=num_gt,
        num_det=np.bincount(labels, minlength=len(num_gt)))


def _mean(values: np.ndarray) -> float:
    """Mean as a Python float, NaN of nothing."""
    return float(values.mean()) if len(values) else float('nan')
