# Copyright (c) mmhoi contributors.
"""Where to write labels so that they do not cover each other."""
from typing import Sequence

import numpy as np

# What costs how much: lying fully on another label, moving across the whole
# image, lying fully on a box.
OVERLAP_COST = 20.
DISTANCE_COST = 6.
COVER_COST = 1.


def place_labels(sizes: np.ndarray,
                 anchors: np.ndarray,
                 bboxes: np.ndarray,
                 canvas: Sequence[float],
                 steps: int = 60) -> np.ndarray:
    """Find a place inside the image for each of L labels, one by one.

    A label goes where it is near its anchor, off the labels placed before it
    and, with less weight, off the boxes.

    Args:
        sizes (np.ndarray): Widths and heights, pixels, shape (L, 2).
        anchors (np.ndarray): x and y that the centres should be close to,
            pixels, shape (L, 2).
        bboxes (np.ndarray): Boxes that labels had better not cover, xyxy,
            shape (N, 4).
        canvas (Sequence[float]): Width and height of the image, pixels.
        steps (int): Places that are tried along each axis. Defaults to 60.

    Returns:
        np.ndarray: Top left corners, shape (L, 2). A label larger than the
        image starts at 0.

    Examples:
        >>> place_labels(np.array([[20., 10.], [20., 10.]]),
        ...              np.array([[50., 55.], [50., 55.]]),
        ...              np.zeros((0, 4)), (100, 110), steps=11)
        array([[40., 50.],
               [40., 40.]])
    """
    corners = np.zeros((len(sizes), 2))
    placed = np.zeros((0, 4))
    for i, size in enumerate(sizes):
        room = np.maximum(np.asarray(canvas) - size, 0)
        grid = np.stack(
            np.meshgrid(
                np.linspace(0, room[0], steps), np.linspace(0, room[1],
                                                            steps)),
            axis=-1).reshape(-1, 2)
        rects = np.hstack((grid, grid + size))
        area = size.prod()
        distance = np.linalg.norm(
            grid + size / 2 - anchors[i], axis=1) / np.hypot(*canvas)
        cost = (
            OVERLAP_COST * _overlap(rects, placed) / area +
            COVER_COST * _overlap(rects, bboxes) / area +
            DISTANCE_COST * distance)
        best = int(cost.argmin())
        corners[i] = grid[best]
        placed = np.vstack((placed, rects[best]))
    return corners


def _overlap(rects: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Summed intersection of each of M rectangles with N others, (M, )."""
    extent = (
        np.minimum(rects[:, None, 2:], others[:, 2:]) -
        np.maximum(rects[:, None, :2], others[:, :2]))
    return extent.clip(min=0).prod(2).sum(1)
