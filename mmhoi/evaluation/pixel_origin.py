# Copyright (c) mmhoi contributors.
"""Signs that boxes count pixels from another number than assumed."""
from typing import Iterator

import numpy as np

from mmhoi.structures import PairArrays
from .functional.pair_matching import match_pairs

MIN_HITS = 100
# A hit with a larger overlap is close enough for its offset to mean something.
MIN_IOU = 0.7
TOLERANCE = 0.3
MAX_ERROR = 0.15
# Normalised boxes reach a little out of the image.
MAX_FRACTION = 2


def origin_warnings(gt: PairArrays, det: PairArrays, det_origin: int,
                    gt_origin: int) -> Iterator[str]:
    """Tell what speaks against the given pixel origins.

    A wrong origin costs little enough to go unnoticed in the mean and up to
    the whole AP in single classes.

    Args:
        gt (PairArrays): G annotated pairs, 0-based if `gt_origin` is right.
        det (PairArrays): M detections, 0-based if `det_origin` is right.
        det_origin (int): Assumed origin of the detections, 0 or 1.
        gt_origin (int): Assumed origin of the annotation, 0 or 1.

    Yields:
        str: A warning with the remedy.
    """
    yield from _border_warnings(gt, 'annotation', '--ann-origin', gt_origin)
    yield from _border_warnings(det, 'predictions', '--det-origin', det_origin)
    yield from _fraction_warnings(det)
    offsets = matched_offsets(gt, det)
    if len(offsets) < MIN_HITS or _median_error(offsets) > MAX_ERROR:
        return
    start, end = np.median(offsets, axis=0)
    if abs(start - end) <= TOLERANCE and abs(abs(end) - 1) <= TOLERANCE:
        # Where the predictions lie too high, they count from 1 or the
        # annotation from 0, where the other has been assumed.
        options = [
            f'--{name}-origin {new}'
            for name, old, new in (('det', det_origin, int(end > 0)),
                                   ('ann', gt_origin, int(end < 0)))
            if old != new
        ]
        yield (f'the predicted boxes lie {end:+.2f} pixels off the annotated '
               f'ones (median over {len(offsets)} hits): one of the two seems '
               'to count pixels from another number than assumed, '
               f'try {" or ".join(options) or "shifting the predictions"}')
    elif (abs(start - end) <= TOLERANCE
          and abs(abs(start + end) / 2 - .5) < .5 - TOLERANCE):
        yield (f'the predicted boxes lie {(start + end) / 2:+.2f} pixels off '
               f'the annotated ones (median over {len(offsets)} hits), about '
               'half a pixel: one of the two seems to mean the corners of '
               'pixels, the other their centres, '
               f'{"subtract" if end > 0 else "add"} 0.5')
    elif abs(end - start - 1) <= TOLERANCE and abs(end +
                                                   start) <= 1 + TOLERANCE:
        yield (f'the predicted boxes are {end - start:.2f} pixels wider than '
               f'the annotated ones (median over {len(offsets)} hits): x2 and '
               'y2 seem to be the first pixels outside of a box, but the '
               'evaluation takes them as the last ones inside; subtract 1')


def matched_offsets(gt: PairArrays, det: PairArrays) -> np.ndarray:
    """Mean offset of the corners of hits from the annotated ones.

    Args:
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections.

    Returns:
        np.ndarray: Offsets in pixels of the top left and the bottom right
        corner, mean of x and y, subjects and objects, shape (N, 2).
    """
    is_tp, best_gt = match_pairs(gt, det, MIN_IOU)
    rows = np.flatnonzero(is_tp)
    offsets = [(getattr(det, name)[rows].astype(np.float64) -
                getattr(gt, name)[best_gt[rows]]).reshape(-1, 2, 2).mean(2)
               for name in ('sub_bboxes', 'obj_bboxes')]
    return np.concatenate(offsets)


def _median_error(offsets: np.ndarray) -> float:
    """Standard error of the medians, for normally distributed offsets."""
    deviation = np.median(np.abs(offsets - np.median(offsets, axis=0)))
    return 1.253 * 1.483 * deviation / np.sqrt(len(offsets))


def _fraction_warnings(det: PairArrays) -> Iterator[str]:
    """Look for boxes that are given in parts of the image."""
    bboxes = np.concatenate((det.sub_bboxes, det.obj_bboxes))
    if len(bboxes) >= MIN_HITS and np.abs(bboxes).max() <= MAX_FRACTION:
        yield (f'the largest coordinate of the predictions is '
               f'{bboxes.max():.3g}: they seem to be fractions of the size of '
               'the image; multiply them by its width and height')


def _border_warnings(pairs: PairArrays, what: str, option: str,
                     origin: int) -> Iterator[str]:
    """Compare the smallest coordinate with the assumed origin."""
    starts = np.concatenate(
        (pairs.sub_bboxes[:, :2], pairs.obj_bboxes[:, :2])).ravel()
    if len(starts) < 4 * MIN_HITS:
        return
    lowest, count = starts.min(), (starts == starts.min()).sum()
    # Boxes cut off at the border of the image, in terms of the other origin.
    expected = 1 if origin == 0 else -1
    if lowest == expected and count > 1:
        yield (f'the smallest coordinate of the {what} is '
               f'{lowest + origin:g} ({count} times): they seem to count '
               f'pixels from {1 - origin}, try {option} {1 - origin}')
