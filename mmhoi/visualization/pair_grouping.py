# Copyright (c) mmhoi contributors.
"""Which HOIs of an image belong to the same person and pair."""
from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np

from mmhoi.ops import aligned_inclusive_iou


@dataclass(frozen=True)
class DrawnPair:
    """A person and an object with everything that the person does to it.

    Attributes:
        person (int): Number of the person, counted from the left; pairs of one
            person share it.
        sub_bbox (np.ndarray): Box of the person, xyxy, shape (4, ).
        obj_bbox (np.ndarray, optional): Box of the object, likewise; None if
            there is none to draw.
        obj_label (int): Class of the object.
        verb_labels (tuple[int]): Verbs, the one with the best score first.
        score (float, optional): Best score of the verbs, None for ground
            truth.
    """
    person: int
    sub_bbox: np.ndarray
    obj_bbox: Optional[np.ndarray]
    obj_label: int
    verb_labels: Tuple[int, ...]
    score: Optional[float] = None


def group_pairs(sub_bboxes: np.ndarray,
                obj_bboxes: np.ndarray,
                verb_labels: np.ndarray,
                obj_labels: np.ndarray,
                scores: Optional[np.ndarray] = None,
                same_sub_iou: float = 0.8,
                same_obj_iou: float = 0.5) -> List[DrawnPair]:
    """Merge K HOIs, each with boxes of its own, to persons and pairs.

    In descending order of score a box joins the first group whose best box
    it overlaps; objects must also have the same class. The best boxes of the
    groups are the ones to draw.

    Args:
        sub_bboxes (np.ndarray): Subject boxes, xyxy pixels, shape (K, 4).
        obj_bboxes (np.ndarray): Object boxes, likewise, shape (K, 4).
        verb_labels (np.ndarray): Verbs, shape (K, ).
        obj_labels (np.ndarray): Object classes, shape (K, ).
        scores (np.ndarray, optional): Scores, shape (K, ); None keeps the
            given order. Defaults to None.
        same_sub_iou (float): Subjects whose boxes overlap more are the same
            person. High, as people who hug overlap. Defaults to 0.8.
        same_obj_iou (float): Objects of a class whose boxes overlap more are
            the same object. Defaults to 0.5.

    Returns:
        list[DrawnPair]: Pairs in descending order of score.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]]).repeat(2, 0)
        >>> pair, = group_pairs(box, box + 20, np.array([5, 7]),
        ...                     np.array([3, 3]), np.array([.2, .4]))
        >>> pair.verb_labels, pair.score
        ((7, 5), 0.4)
    """
    if scores is not None:
        order = np.argsort(-scores, kind='stable')
        sub_bboxes, obj_bboxes = sub_bboxes[order], obj_bboxes[order]
        verb_labels, obj_labels = verb_labels[order], obj_labels[order]
        scores = scores[order]
    persons = _first_alike(sub_bboxes, np.zeros(len(sub_bboxes)), same_sub_iou)
    objects = _first_alike(obj_bboxes, obj_labels, same_obj_iou)
    # From left to right, so that the numbers of annotation and prediction
    # agree where the persons do.
    numbers = {
        row: i
        for i, row in enumerate(
            sorted(set(persons), key=lambda row: sub_bboxes[row, 0]))
    }

    rows_of_pairs = {}
    for row, key in enumerate(zip(persons, objects)):
        rows_of_pairs.setdefault(key, []).append(row)
    return [
        DrawnPair(
            person=numbers[person],
            sub_bbox=sub_bboxes[person],
            obj_bbox=obj_bboxes[obj],
            obj_label=int(obj_labels[obj]),
            verb_labels=tuple(dict.fromkeys(verb_labels[rows].tolist())),
            score=None if scores is None else float(scores[rows[0]]))
        for (person, obj), rows in rows_of_pairs.items()
    ]


def _first_alike(bboxes: np.ndarray, labels: np.ndarray,
                 same_iou: float) -> List[int]:
    """For each box the row of the group's first box it belongs to."""
    firsts: List[int] = []
    groups = []
    for row, bbox in enumerate(bboxes):
        alike = (labels[firsts] == labels[row]) & (
            aligned_inclusive_iou(
                bboxes[firsts], np.broadcast_to(bbox,
                                                (len(firsts), 4))) > same_iou)
        if not alike.any():
            firsts.append(row)
            groups.append(row)
        else:
            groups.append(firsts[int(alike.argmax())])
    return groups
