# Copyright (c) mmhoi contributors.
"""What the numbers of a whole file tell of the format of its boxes."""
from collections import Counter
from typing import Iterator, Optional, Sequence

import numpy as np

from .rules import Problem, is_box

#: Fewer boxes than this may well never touch the border of their images.
MIN_BOXES_FOR_ORIGIN = 200
#: Fewer findings than this may be slips; many of them are a format.
MANY = 10
#: Share of inverted boxes from which on they are no corners at all.
INVERTED_SHARE = 0.2
#: Fractions reach a little out of the image.
LARGEST_FRACTION = 1.5
LARGEST_PERCENTAGE = 100
MIN_BOXES_FOR_PERCENT = 100


def box_problems(bboxes: Sequence,
                 origin: int,
                 image_side: Optional[int] = None) -> Iterator[Problem]:
    """Doubts about the format of all boxes.

    Args:
        bboxes (Sequence): The boxes, of any structure; or an array (N, 4).
        origin (int): Number of the first pixel column and row.
        image_side (int, optional): Longer side in pixels of the smallest
            image, if it is known. Defaults to None.

    Yields:
        Problem: Boxes in fractions, as x, y, width, height, in percent, or
        counted from another pixel.

    Examples:
        >>> problem, = box_problems([[0.1, 0.2, 0.5, 0.9]], origin=0)
        >>> problem.kind
        'boxes in fractions'
    """
    boxes = _good_boxes(bboxes)
    if not len(boxes):
        return
    largest = boxes.max()
    if largest <= LARGEST_FRACTION and (boxes != boxes.round()).any():
        yield Problem(
            'boxes in fractions', '', '',
            f'no coordinate of {len(boxes)} boxes is above {largest:g}: they '
            'seem to be fractions of the image; multiply them by its width '
            'and height in pixels')
        return
    inverted = (boxes[:, 2:] < boxes[:, :2]).any(1)
    count = int(inverted.sum())
    if count >= MANY and count >= INVERTED_SHARE * len(boxes):
        yield Problem(
            'boxes that are no corners', '', '',
            f'{count} of {len(boxes)} boxes are inverted, such as '
            f'{boxes[inverted.argmax()].tolist()}: they seem to be x, y, '
            'width, height; write x1, y1, x2, y2 = x, y, x + width, y + '
            'height (or, if x, y is the centre, x - width / 2, y - height / '
            '2, x + width / 2, y + height / 2)')
        return
    if largest <= LARGEST_PERCENTAGE and _may_be_percent(boxes, image_side):
        yield Problem(
            'boxes may be percentages', '', '',
            f'no coordinate of {len(boxes)} boxes is above {largest:g}; if '
            'the images are larger, multiply them by width / 100 and height '
            '/ 100')
    yield from _origin_problem(boxes, origin)


def exchanged_problem(subjects: Counter) -> Iterator[Problem]:
    """Doubts about the order of subjects and objects.

    Args:
        subjects (Counter): How many subjects are a person (True) or not.

    Yields:
        Problem: If most of many subjects are none.
    """
    wrong, total = subjects[False], sum(subjects.values())
    if wrong >= MANY and 2 * wrong > total:
        yield Problem(
            'subjects and objects exchanged', '', '',
            f'{wrong} of {total} subjects are no persons: subject_id must be '
            'the index of the person, object_id that of the object')


def _good_boxes(bboxes: Sequence) -> np.ndarray:
    """Those that are four finite numbers, shape (N, 4)."""
    if not isinstance(bboxes, np.ndarray):
        bboxes = np.array([box for box in bboxes if is_box(box)], float)
    bboxes = bboxes.reshape(-1, 4)
    return bboxes[np.isfinite(bboxes).all(1)]


def _may_be_percent(boxes: np.ndarray, image_side: Optional[int]) -> bool:
    """Whether boxes up to 100 are of larger images."""
    if image_side is not None:
        return len(boxes) >= MANY and image_side > 1.5 * LARGEST_PERCENTAGE
    return len(boxes) >= MIN_BOXES_FOR_PERCENT and bool(
        (boxes != boxes.round()).any())


def _origin_problem(boxes: np.ndarray, origin: int) -> Iterator[Problem]:
    """Warn if the smallest numbers speak against the origin."""
    if len(boxes) < MIN_BOXES_FOR_ORIGIN or origin != 0:
        return
    if boxes[:, :2].min() == 1:
        yield Problem(
            'boxes may count from 1', '', '',
            f'no box of {len(boxes)} begins before pixel 1; if this '
            'is so, set bbox_origin=1 (check_dataset.py: --bbox-origin 1, '
            'evaluation: --ann-origin 1)')
