# Copyright (c) mmhoi contributors.
"""Pictures side by side, with captions."""
from typing import List, Optional, Tuple

import cv2
import numpy as np

from mmhoi.utils.fonts import load_font
from .drawing import draw_text, text_size

CAPTION_COLOR = (255, 255, 255)
BACKGROUND = (32, 32, 32)
CAPTION_PIXELS = 17  # in a picture of 768 pixels


def size_unit(picture: np.ndarray) -> float:
    """Size of what is drawn on a picture.

    Args:
        picture (np.ndarray): Shape (h, w, ...).

    Returns:
        float: 1 if the longer side has 768 pixels, less if it is thin.

    Examples:
        >>> size_unit(np.zeros((576, 768))), size_unit(np.zeros((96, 768)))
        (1.0, 0.5)
    """
    return min(max(picture.shape[:2]) / 768, min(picture.shape[:2]) / 192)


def join_panels(panels: List[Tuple[str, np.ndarray]],
                columns: Optional[int] = None,
                font: Optional[str] = None) -> np.ndarray:
    """Put pictures into a grid, each with its caption above.

    All get the size of the largest one, with dark borders where the shape
    differs.

    Args:
        panels (list[tuple[str, np.ndarray]]): Captions and pictures (RGB,
            uint8, shape (h, w, 3)).
        columns (int, optional): Pictures in a row. Defaults to None: all, or
            one where they are wide.
        font (str, optional): Font file of the captions. Defaults to None.

    Returns:
        np.ndarray: RGB, uint8, shape (h', w', 3).

    Examples:
        >>> picture = np.zeros((576, 768, 3), np.uint8)
        >>> join_panels([('before', picture), ('after', picture)]).shape
        (610, 1552, 3)
    """
    largest = max((picture for _, picture in panels), key=np.size)
    height, width = largest.shape[:2]
    if columns is None:
        columns = 1 if width >= 2 * height else len(panels)
    letters = load_font(
        max(round(CAPTION_PIXELS * size_unit(largest)), 6), font)
    gap = max(letters.size // 4, 1)
    cells = []
    for caption, picture in panels:
        bar = np.full((2 * letters.size, width, 3), BACKGROUND, np.uint8)
        room = (np.array(bar.shape[1::-1]) - text_size(caption, letters))
        draw_text(bar, caption, room.clip(0) // 2, letters, CAPTION_COLOR)
        cell = np.concatenate((bar, _fit(picture, (width, height))))
        cells.append(_frame(cell, 0, 0, gap, gap))
    cells += [np.full_like(cells[0], BACKGROUND)] * (-len(cells) % columns)
    return np.concatenate([
        np.concatenate(cells[i:i + columns], axis=1)
        for i in range(0, len(cells), columns)
    ])


def _fit(picture: np.ndarray, size: Tuple[int, int]) -> np.ndarray:
    """Scale a picture to fit into a size (width, height), dark around it."""
    scale = min(size[0] / picture.shape[1], size[1] / picture.shape[0])
    if scale != 1:
        shape = [max(round(side * scale), 1) for side in picture.shape[1::-1]]
        picture = cv2.resize(
            picture,
            shape,
            interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    x, y = size[0] - picture.shape[1], size[1] - picture.shape[0]
    return _frame(picture, y // 2, y - y // 2, x // 2, x - x // 2)


def _frame(picture: np.ndarray, *widths: int) -> np.ndarray:
    """Put a dark frame around: top, bottom, left, right."""
    return cv2.copyMakeBorder(
        picture, *widths, cv2.BORDER_CONSTANT, value=BACKGROUND)
