# Copyright (c) mmhoi contributors.
from typing import Tuple

import numpy as np


def group_rows(images: np.ndarray,
               bboxes: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Find rows of the same image with the same numbers.

    Args:
        images (np.ndarray): Image of each row, shape (N, ).
        bboxes (np.ndarray): One box or several side by side, shape (N, C).

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - groups: Group of each row; groups are numbered by their first
          appearance, int64, shape (N, ).
        - first: First row of each group, ascending, shape (M, ).

    Examples:
        >>> group_rows(np.array([7, 8, 7]), np.array([[1, 2]] * 3))
        (array([0, 1, 0]), array([0, 1]))
    """
    order = np.lexsort((*bboxes.T, images))
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = ((images[order[1:]] != images[order[:-1]])
                  | (bboxes[order[1:]] != bboxes[order[:-1]]).any(1))
    # The sort is stable: what is new comes first among its equals.
    starts = order[is_new]
    numbers = np.empty(len(starts), np.int64)
    numbers[np.argsort(starts)] = np.arange(len(starts))
    groups = np.empty(len(order), np.int64)
    groups[order] = numbers[np.cumsum(is_new) - 1]
    return groups, np.sort(starts)


def best_rows(keys: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Find the row with the highest score of each key.

    Args:
        keys (np.ndarray): Integer of each row, shape (N, ).
        scores (np.ndarray): Score of each row, shape (N, ).

    Returns:
        np.ndarray: Rows, ascending; the first one of equal scores.

    Examples:
        >>> best_rows(np.array([3, 1, 3]), np.array([.2, .5, .4]))
        array([1, 2])
    """
    order = np.lexsort((-scores, keys))
    _, first = np.unique(keys[order], return_index=True)
    return np.sort(order[first])
