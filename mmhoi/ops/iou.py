# Copyright (c) mmhoi contributors.
"""Overlap of boxes, with NumPy."""
import numpy as np


def aligned_inclusive_iou(bboxes1: np.ndarray,
                          bboxes2: np.ndarray) -> np.ndarray:
    """IoU of boxes row by row, with widths `x2 - x1 + 1`.

    Args:
        bboxes1 (np.ndarray): Inclusive xyxy pixels, shape (N, 4).
        bboxes2 (np.ndarray): Inclusive xyxy pixels, shape (N, 4).

    Returns:
        np.ndarray: float64 IoUs, shape (N, ).

    Examples:
        >>> aligned_inclusive_iou(np.array([[0, 0, 9, 9]]),
        ...                       np.array([[0, 0, 9, 19]]))
        array([0.5])
    """
    # Rows of coordinates: arithmetic along short last axes is slow.
    bboxes1 = np.ascontiguousarray(bboxes1.T, dtype=np.float64)
    bboxes2 = np.ascontiguousarray(bboxes2.T, dtype=np.float64)
    width1, height1 = bboxes1[2:] - bboxes1[:2] + 1
    width2, height2 = bboxes2[2:] - bboxes2[:2] + 1
    overlap = (
        np.minimum(bboxes1[2:], bboxes2[2:]) -
        np.maximum(bboxes1[:2], bboxes2[:2]) + 1)
    # One clamped axis suffices to make the product 0, two negative ones not.
    width, height = overlap.clip(min=0)
    intersection = width * height
    return intersection / (width1 * height1 + width2 * height2 - intersection)
