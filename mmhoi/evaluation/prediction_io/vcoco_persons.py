# Copyright (c) mmhoi contributors.
"""Detected persons as dicts with the official V-COCO keys.

A person has `person_box` [x1, y1, x2, y2], `<action>_agent` with a score and
`<action>_<role>` with [x1, y1, x2, y2, score]. A box of zeros or NaN is "no
object"; a key that is absent or has the score NaN was not predicted.
"""
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from mmhoi.label_spaces.vcoco_roles import (NUM_ROLES, ROLE_VERBS,
                                            VCOCO_ACTIONS, VCOCO_VERBS,
                                            VERB_ACTIONS, VERB_ROLES)
from mmhoi.structures import VCOCODetections
from ..functional.vcoco_matching import is_no_object

BOX_KEY = 'person_box'
AGENT_KEYS = tuple(f'{action}_agent' for action in VCOCO_ACTIONS)
ROLE_KEYS = tuple(VCOCO_VERBS[verb] for verb in ROLE_VERBS)
PERSON_KEYS = frozenset((BOX_KEY, *AGENT_KEYS, *ROLE_KEYS))


def join_persons(image_ids: Sequence[int], persons: Sequence[Dict[str, Any]],
                 path: Path) -> VCOCODetections:
    """Arrays of all persons.

    Args:
        image_ids (Sequence[int]): Image of each person, length M.
        persons (Sequence[dict]): The persons.
        path (Path): The file, for messages.

    Returns:
        VCOCODetections: Checked detections, persons in their order.

    Raises:
        ValueError: If a person has an unknown key or a value that is no
            number or box.
    """
    extra = set().union(*persons) - PERSON_KEYS
    if extra:
        key = sorted(map(str, extra))[0]
        index = next(i for i, p in enumerate(persons) if key in map(str, p))
        raise ValueError(
            f'{path}: entry {index}, image {image_ids[index]}: unknown key '
            f'"{key}"; allowed are image_id, {BOX_KEY}, <action>_agent and '
            f'<action>_<role>, for example {AGENT_KEYS[0]}, {ROLE_KEYS[0]}')

    def column(key: str, width: int) -> np.ndarray:
        missing = np.nan if width == 1 else [np.nan] * width
        values = [
            missing if person.get(key) is None else person[key]
            for person in persons
        ]
        return _numbers(values, key, width, image_ids, path)

    boxes = column(BOX_KEY, 4)
    agent_scores = np.concatenate([column(key, 1) for key in AGENT_KEYS], 1)
    roles = np.full((len(persons), len(VCOCO_ACTIONS), NUM_ROLES, 5), np.nan,
                    np.float32)
    for verb, key in zip(ROLE_VERBS, ROLE_KEYS):
        roles[:, VERB_ACTIONS[verb], VERB_ROLES[verb]] = column(key, 5)
    det = VCOCODetections.from_dense(
        np.array(image_ids, np.int64), boxes, agent_scores, roles)
    check_vcoco_detections(det, path)
    return det


def split_persons(
        det: VCOCODetections) -> Iterator[Tuple[int, Dict[str, Any]]]:
    """The reverse of `join_persons`.

    Args:
        det (VCOCODetections): M detected persons.

    Yields:
        tuple[int, dict]: Image id and keys of each person; only what was
        predicted, boxes as lists.
    """
    persons: List[Dict[str, Any]] = [{
        BOX_KEY: box
    } for box in det.sub_bboxes.tolist()]
    for row, label, score in zip(det.agent_rows.tolist(), det.agent_labels,
                                 det.agent_scores.tolist()):
        persons[row][AGENT_KEYS[label]] = score
    for row, label, box, score in zip(det.role_rows.tolist(), det.role_labels,
                                      det.obj_bboxes.tolist(),
                                      det.role_scores.tolist()):
        persons[row][VCOCO_VERBS[label]] = [*box, score]
    return zip(det.images.tolist(), persons)


def check_vcoco_detections(det: VCOCODetections, path: Path) -> None:
    """Refuse what cannot be evaluated.

    Args:
        det (VCOCODetections): M detected persons.
        path (Path): Their file, for messages.

    Raises:
        ValueError: If a score is infinite, or a box not finite or inverted.
    """
    rows = np.arange(len(det.images))
    is_empty = is_no_object(det.obj_bboxes)
    for name, owners, values, exempt in ((BOX_KEY, rows, det.sub_bboxes,
                                          np.zeros(len(rows), bool)),
                                         ('role box', det.role_rows,
                                          det.obj_bboxes, is_empty)):
        _refuse(det, path, owners, name, values,
                ~exempt & ~np.isfinite(values).all(1),
                'boxes must be finite; has the model diverged?')
        _refuse(
            det, path, owners, name, values,
            ~exempt & (values[:, 2:] < values[:, :2]).any(1),
            'boxes are [x1, y1, x2, y2] with x1 <= x2, y1 <= y2, not x, y, '
            'width, height')
    for name, owners, values in (('agent score', det.agent_rows,
                                  det.agent_scores),
                                 ('role score', det.role_rows,
                                  det.role_scores)):
        _refuse(det, path, owners, name, values, ~np.isfinite(values),
                'scores must be finite; has the model diverged?')


def shift_boxes(det: VCOCODetections, pixels: int) -> VCOCODetections:
    """Add to all coordinates; "no object" stays what it is.

    Args:
        det (VCOCODetections): M detected persons.
        pixels (int): What to add.

    Returns:
        VCOCODetections: The same detections with other boxes.
    """
    if pixels == 0:
        return det
    is_empty = is_no_object(det.obj_bboxes)[:, None]
    return det._replace(
        sub_bboxes=det.sub_bboxes + np.float32(pixels),
        obj_bboxes=np.where(is_empty, det.obj_bboxes,
                            det.obj_bboxes + np.float32(pixels)))


def _refuse(det: VCOCODetections, path: Path, owners: np.ndarray, name: str,
            values: np.ndarray, is_bad: np.ndarray, remedy: str) -> None:
    """Raise ValueError about the first bad value, if there is one."""
    if is_bad.any():
        index = int(np.argmax(is_bad))
        person = owners[index]
        raise ValueError(
            f'{path}: entry {person}, image {det.images[person]}: {name} '
            f'{values[index].tolist()} ({is_bad.sum()} such values); {remedy}')


def _numbers(values: list, key: str, width: int, image_ids: Sequence[int],
             path: Path) -> np.ndarray:
    """Values of one key as float32 array of shape (M, width)."""
    try:
        return np.array(values, np.float32).reshape(len(values), width)
    except (ValueError, TypeError, OverflowError):
        # Also if some are scalars and others arrays with one number.
        rows = [
            _row(value, width, f'{path}: entry {i}, image {image_ids[i]}: '
                 f'{key}') for i, value in enumerate(values)
        ]
        return np.stack(rows)


def _row(value: Any, width: int, where: str) -> np.ndarray:
    """One value as float32 array of shape (width, )."""
    try:
        return np.array(value, np.float32).reshape(width)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f'{where} must be {width} number(s), but is '
                         f'{value!r:.80}') from error
