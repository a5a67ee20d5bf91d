# Copyright (c) mmhoi contributors.
"""The official HICO-DET protocol in plain Python loops, an oracle for tests.

Shares no code with the package but the recall thresholds.
"""
import numpy as np

from mmhoi.evaluation.functional import RECALL_GRIDS


def inclusive_iou(box1, box2):
    """IoU of two inclusive xyxy boxes given as lists."""
    width = min(box1[2], box2[2]) - max(box1[0], box2[0]) + 1
    height = min(box1[3], box2[3]) - max(box1[1], box2[1]) + 1
    if width <= 0 or height <= 0:
        return 0.
    common = width * height
    areas = [(x2 - x1 + 1) * (y2 - y1 + 1) for x1, y1, x2, y2 in (box1, box2)]
    return common / (areas[0] + areas[1] - common)


def looped_true_positives(gt, det, combine=min, fall_back=False, iou_thr=.5):
    """Whether each detection is a true positive, bool, shape (M, ).

    Args:
        gt (PairArrays): Annotated pairs.
        det (PairArrays): Detections.
        combine (callable): Overlap of a pair from its two IoUs; officially
            the smaller one.
        fall_back (bool): Whether a detection whose best pair is taken may
            take the next one; officially it may not.
        iou_thr (float): Smallest overlap of a hit.
    """
    annotated = {}
    gt_boxes = gt.sub_bboxes.tolist(), gt.obj_bboxes.tolist()
    det_boxes = det.sub_bboxes.tolist(), det.obj_bboxes.tolist()
    for row, key in enumerate(zip(gt.images.tolist(), gt.labels.tolist())):
        annotated.setdefault(key, []).append(row)
    keys = list(zip(det.images.tolist(), det.labels.tolist()))
    scores = det.scores.tolist()
    taken, is_tp = set(), np.zeros(len(keys), bool)
    for i in sorted(range(len(keys)), key=lambda i: -scores[i]):
        best, best_row = -1, None
        for row in annotated.get(keys[i], ()):
            overlap = combine(
                inclusive_iou(gt_boxes[0][row], det_boxes[0][i]),
                inclusive_iou(gt_boxes[1][row], det_boxes[1][i]))
            if overlap > best and not (fall_back and row in taken):
                best, best_row = overlap, row
        if best >= iou_thr and best_row not in taken:
            is_tp[i] = True
            taken.add(best_row)
    return is_tp


def looped_ap(labels, scores, is_tp, num_gt, recall_grid='matlab'):
    """11-point AP of each class, 0 without annotation, shape (H, )."""
    hits = [[] for _ in num_gt]
    for i in sorted(range(len(labels)), key=lambda i: -scores[i]):
        hits[labels[i]].append(bool(is_tp[i]))
    return np.array([
        _class_ap(hits[label], num, RECALL_GRIDS[recall_grid])
        for label, num in enumerate(num_gt)
    ])


def _class_ap(hits, num_gt, thresholds):
    """11-point AP of a class with detections in descending order."""
    if num_gt == 0:
        return 0.
    points, num_tp = [], 0
    for rank, hit in enumerate(hits, 1):
        num_tp += hit
        points.append((num_tp / num_gt, num_tp / rank))
    ap = 0.
    for threshold in thresholds:
        ap += max((p for r, p in points if r >= threshold), default=0.) / 11
    return ap


def looped_hico_det(gt, det, num_hois=600, recall_grid='matlab', **kwargs):
    """AP of each class by the official protocol or a variant of it."""
    is_tp = looped_true_positives(gt, det, **kwargs)
    num_gt = np.bincount(gt.labels, minlength=num_hois)
    return looped_ap(det.labels.tolist(), det.scores.tolist(), is_tp,
                     num_gt.tolist(), recall_grid)
