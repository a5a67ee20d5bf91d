# Copyright (c) mmhoi contributors.
"""Matching of detected to annotated persons, official V-COCO rules."""
from typing import Tuple

import numpy as np

from mmhoi.label_spaces.vcoco_roles import VERB_ACTIONS, VERB_ROLES
from mmhoi.ops import aligned_inclusive_iou
from mmhoi.structures import VCOCODetections, VCOCOGroundTruth
from .grouped_argmax import grouped_argmax
from .pair_matching import class_score_order

SCENARIOS = (1, 2)
IOU_THR = 0.5


def nearest_persons(gt: VCOCOGroundTruth, images: np.ndarray,
                    sub_bboxes: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Annotated person with the largest IoU for each detected person.

    Args:
        gt (VCOCOGroundTruth): Q annotated persons.
        images (np.ndarray): Image of each detected person, shape (M, ).
        sub_bboxes (np.ndarray): Their boxes, xyxy pixels, shape (M, 4).

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - persons: Row of the annotated person, the first one on ties also if
          nothing overlaps, or -1 if the image has none, int64, shape (M, ).
        - ious: The IoU, shape (M, ).
    """
    return grouped_argmax(
        gt.images, images, lambda gt_rows, det_rows: aligned_inclusive_iou(
            gt.sub_bboxes[gt_rows], sub_bboxes[det_rows]))


def match_agents(gt: VCOCOGroundTruth, det: VCOCODetections) -> np.ndarray:
    """Decide which action scores are true positives.

    Args:
        gt (VCOCOGroundTruth): Q annotated persons.
        det (VCOCODetections): A action scores.

    Returns:
        np.ndarray: 1 for true, 0 for false positives, -1 for what belongs to
        a person without label and does not count, int8, shape (A, ).
    """
    persons, ious = nearest_persons(gt, det.images, det.sub_bboxes)
    persons, ious = persons[det.agent_rows], ious[det.agent_rows]
    labels = _action_labels(gt, persons, det.agent_labels)
    hits = (labels == 1) & (ious >= IOU_THR)
    return _flags(hits, labels, persons, det.agent_labels, det.agent_scores)


def match_roles(gt: VCOCOGroundTruth, det: VCOCODetections,
                scenario: int) -> np.ndarray:
    """Decide which filled roles are true positives.

    A detection belongs to the annotated person with the largest IoU. It is
    true if that person does the action, both boxes overlap by half at least,
    and no detection with a higher score took this role of the person.

    Args:
        gt (VCOCOGroundTruth): Q annotated persons.
        det (VCOCODetections): N filled roles.
        scenario (int): What a role without annotated box asks for: in 1 a
            box of zeros or NaN ("no object"), in 2 anything.

    Returns:
        np.ndarray: As `match_agents`, shape (N, ).

    Raises:
        ValueError: If the scenario is neither 1 nor 2.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f'unknown V-COCO scenario {scenario}; allowed: 1, 2')
    persons, ious = nearest_persons(gt, det.images, det.sub_bboxes)
    persons, ious = persons[det.role_rows], ious[det.role_rows]
    actions = VERB_ACTIONS[det.role_labels]
    labels = _action_labels(gt, persons, actions)
    hits = np.flatnonzero((labels == 1) & (ious >= IOU_THR))
    gt_bboxes = gt.obj_bboxes[persons[hits], actions[hits],
                              VERB_ROLES[det.role_labels[hits]]]
    bboxes = det.obj_bboxes[hits]
    empty = np.isnan(gt_bboxes).all(1)
    # A box of NaN overlaps nothing: comparisons with NaN are false.
    fits = aligned_inclusive_iou(gt_bboxes, bboxes) >= IOU_THR
    fits[empty] = scenario == 2 or is_no_object(bboxes[empty])
    is_hit = np.zeros(len(persons), dtype=bool)
    is_hit[hits[fits]] = True
    return _flags(is_hit, labels, persons, det.role_labels, det.role_scores)


def is_no_object(bboxes: np.ndarray) -> np.ndarray:
    """Whether boxes of shape (N, 4) stand for "no object", bool, (N, ).

    Examples:
        >>> is_no_object(np.array([[0, 0, 0, 0], [0, 0, 5, 9]]))
        array([ True, False])
    """
    return (bboxes == 0).all(1) | np.isnan(bboxes).all(1)


def _action_labels(gt: VCOCOGroundTruth, persons: np.ndarray,
                   actions: np.ndarray) -> np.ndarray:
    """Label 1, 0 or -1 of the action; 0 where there is no person."""
    if len(gt.images) == 0:
        return np.zeros(len(persons), np.int8)
    return np.where(persons < 0, 0, gt.actions[persons, actions])


def _flags(is_hit: np.ndarray, labels: np.ndarray, persons: np.ndarray,
           classes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """1 for the best hit on each person and class, 0 or -1 (ignored)."""
    order = class_score_order(classes, scores)
    order = order[is_hit[order]]
    taken = np.stack((classes[order], persons[order]))
    _, first = np.unique(taken, axis=1, return_index=True)
    flags = np.where(labels < 0, -1, 0).astype(np.int8)
    flags[order[first]] = 1
    return flags
