# Copyright (c) mmhoi contributors.
"""What the Python evaluators of QPIC, GEN-VLKT and HOICLIP give on V-COCO."""
from typing import NamedTuple, Optional, Tuple

import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import PAPER_VERBS, VCOCO_VERBS
from mmhoi.structures import PairArrays
from .average_precision import eleven_point_ap
from .grouped_argmax import grouped_argmax
from .pair_matching import class_score_order
from .row_groups import best_rows, group_rows
from .vcoco import mean_of_known

MAX_PER_IMAGE = 100


class VCOCOHOIAResult(NamedTuple):
    """Average precisions of the 29 verb-role classes, (29, ), in 0..1.

    Attributes:
        ap (np.ndarray): 11-point AP, NaN for classes without annotation.
        num_gt (np.ndarray): Annotated interactions.
        num_det (np.ndarray): Detections.
    """
    ap: np.ndarray
    num_gt: np.ndarray
    num_det: np.ndarray

    def means(self) -> dict:
        """`mAP_all` over 29 and `mAP_thesis` over 24 classes, in 0..1.

        Classes without annotation are left out of `mAP_all` and count 0 in
        `mAP_thesis`; both are NaN if nothing is annotated.
        """
        mean = mean_of_known(self.ap)
        thesis = np.nan_to_num(self.ap[PAPER_VERBS]).mean()
        return dict(
            mAP_all=mean, mAP_thesis=mean if np.isnan(mean) else float(thesis))


def evaluate_vcoco_hoia(gt: PairArrays,
                        gt_obj_labels: np.ndarray,
                        det: PairArrays,
                        det_obj_labels: np.ndarray,
                        iou_thr: float = 0.5) -> VCOCOHOIAResult:
    """Evaluate as the HOIA-style evaluators of the field do.

    Not the official V-COCO protocol: AP has 11 points, an interaction that is
    annotated without object needs the right person only, persons without
    label do not exist, and the object's class must be right. Of an image the
    100 detections with the highest scores count. Interactions of an image
    with the same boxes and verb count several times in the recall, but only
    one of them can be found.

    Args:
        gt (PairArrays): G annotated interactions; `labels` are verb-role
            classes 0..28, `obj_bboxes` NaN where no object is annotated.
        gt_obj_labels (np.ndarray): Class of each object, shape (G, ).
        det (PairArrays): M detections with scores.
        det_obj_labels (np.ndarray): Class of each object, shape (M, ).
        iou_thr (float): Smallest IoU of both boxes. Defaults to 0.5.

    Returns:
        VCOCOHOIAResult: Average precisions.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> gt = PairArrays(np.array([7]), np.array([3]), box, box)
        >>> det = gt._replace(scores=np.array([.5]))
        >>> label = np.array([17])
        >>> result = evaluate_vcoco_hoia(gt, label, det, label)
        >>> round(result.means()['mAP_all'], 6)
        1.0
    """
    top = _top_rows(det)
    det, det_obj_labels = det.select(top), det_obj_labels[top]
    num_verbs = len(VCOCO_VERBS)

    def overlap(gt_rows: np.ndarray, det_rows: np.ndarray) -> np.ndarray:
        sub_ious = _iou(gt.sub_bboxes[gt_rows], det.sub_bboxes[det_rows])
        obj_ious = _iou(gt.obj_bboxes[gt_rows], det.obj_bboxes[det_rows])
        obj_ious *= gt_obj_labels[gt_rows] == det_obj_labels[det_rows]
        obj_ious[np.isnan(gt.obj_bboxes[gt_rows]).all(1)] = 1
        overlaps = np.minimum(sub_ious, obj_ious)
        return np.where(overlaps >= iou_thr, overlaps, 0)

    _, images = np.unique(
        np.concatenate((gt.images, det.images)), return_inverse=True)
    keys = images * num_verbs + np.concatenate((gt.labels, det.labels))
    best, overlaps = grouped_argmax(keys[:len(gt.images)],
                                    keys[len(gt.images):], overlap)
    order = class_score_order(det.labels, det.scores)
    hits = order[overlaps[order] > 0]
    _, first = np.unique(best[hits], return_index=True)
    is_tp = np.zeros(len(det.images), dtype=bool)
    is_tp[hits[first]] = True
    num_gt = np.bincount(gt.labels, minlength=num_verbs)
    # These evaluators sort unstably, but build their recalls as NumPy does.
    ap, recall = eleven_point_ap(det.labels[order], is_tp[order], num_gt,
                                 'numpy')
    ap[np.isnan(recall)] = np.nan
    return VCOCOHOIAResult(ap, num_gt,
                           np.bincount(det.labels, minlength=num_verbs))


def hoia_detections(
    pairs: PairArrays,
    top_obj_labels: Optional[np.ndarray] = None
) -> Tuple[PairArrays, np.ndarray]:
    """Turn scored HOIs into the detections that these evaluators rank.

    Rows of one image with the same two boxes come from one query. For each
    of its verbs only the best score over the objects counts. The object is
    the one that the query predicts, and the score is 0 if V-COCO's label
    space has no HOI of the verb and that object; "no object" fits all verbs.

    Args:
        pairs (PairArrays): N pairs with scores; `labels` are V-COCO's HOI
            classes 0..262.
        top_obj_labels (np.ndarray, optional): Object class that is predicted
            for each pair, 80 for "no object", shape (N, ). Defaults to None:
            the object of the best HOI takes its place.

    Returns:
        tuple[PairArrays, np.ndarray]: M detections, `labels` are verb-role
        classes 0..28, and the class of each object, shape (M, ).

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]]).repeat(2, 0)
        >>> pairs = PairArrays(np.array([7, 7]), np.array([0, 3]), box, box,
        ...                    np.array([.4, .6]))
        >>> det, obj_labels = hoia_detections(pairs, np.array([53, 53]))
        >>> det.labels, det.scores, obj_labels
        (array([0]), array([0.6]), array([53]))
    """
    space = load_label_space('vcoco')
    verbs = space.hoi_verbs[pairs.labels]
    queries, _ = group_rows(
        pairs.images, np.concatenate((pairs.sub_bboxes, pairs.obj_bboxes), 1))
    rows = best_rows(queries * len(VCOCO_VERBS) + verbs, pairs.scores)
    det = pairs._replace(labels=verbs).select(rows)
    if top_obj_labels is None:
        return det, space.hoi_objects[pairs.labels[rows]]
    obj_labels = top_obj_labels[rows]
    is_known = np.zeros((len(VCOCO_VERBS), len(space.objects) + 1), bool)
    is_known[space.hoi_verbs, space.hoi_objects] = True
    is_known[:, -1] = True
    fits = is_known[det.labels, obj_labels]
    return det._replace(scores=det.scores * fits), obj_labels


def _top_rows(det: PairArrays) -> np.ndarray:
    """Rows of the best detections of each image, ascending."""
    order = np.lexsort((-det.scores, det.images))
    images = det.images[order]
    ranks = np.arange(len(order)) - np.searchsorted(images, images)
    return np.sort(order[ranks < MAX_PER_IMAGE])


def _iou(bboxes1: np.ndarray, bboxes2: np.ndarray) -> np.ndarray:
    """Inclusive IoU that is 0 for intersections of one pixel width."""
    corner = np.minimum(bboxes1[:, 2:], bboxes2[:, 2:])
    sizes = corner - np.maximum(bboxes1[:, :2], bboxes2[:, :2])
    inter = np.where((sizes > 0).all(1), (sizes + 1).prod(1), 0)
    area1 = (bboxes1[:, 2:] - bboxes1[:, :2] + 1).prod(1)
    area2 = (bboxes2[:, 2:] - bboxes2[:, :2] + 1).prod(1)
    return inter / (area1 + area2 - inter)
