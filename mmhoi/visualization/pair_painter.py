# Copyright (c) mmhoi contributors.
"""Pairs on an image: boxes, the line between them, labels."""
from typing import List, Optional, Sequence

import numpy as np

from mmhoi.utils.fonts import load_font
from .drawing import draw_dot, draw_line, draw_text, text_size
from .label_layout import place_labels
from .pair_grouping import DrawnPair

# Bright and far from each other, RGB; neighbours in the list differ most.
PERSON_COLORS = ((255, 196, 0), (0, 214, 255), (255, 84, 112), (126, 232, 60),
                 (196, 128, 255), (255, 140, 40), (64, 150, 255),
                 (255, 150, 214), (0, 222, 160), (214, 214, 214))
LABEL_COLOR = (0, 0, 0)
# In an image of 768 pixels, as everything here is that has a size.
FONT_PIXELS = 15


class PairPainter:
    """Draws pairs on an image.

    Args:
        canvas (np.ndarray): What is drawn on, RGB, uint8, shape (h', w', 3).
            The image is its top left part; labels may lie beside it.
        image_size (Sequence[int]): Width and height of the image, pixels.
        unit (float): Size of letters, 1 suits an image of 768 pixels.
        line_width (float): Width of lines, pixels.
        font (str, optional): Font file of the labels. Defaults to None.
    """

    def __init__(self,
                 canvas: np.ndarray,
                 image_size: Sequence[int],
                 unit: float,
                 line_width: float,
                 font: Optional[str] = None) -> None:
        self.canvas = canvas
        self.image_size = image_size
        self.line_width = line_width
        self.font = load_font(max(round(FONT_PIXELS * unit), 6), font)

    def draw(self, pairs: Sequence[DrawnPair], texts: Sequence[str]) -> None:
        """Draw pairs, the first ones on top.

        Args:
            pairs (Sequence[DrawnPair]): The pairs, boxes in pixels of the
                canvas, `obj_bbox` None where there is no object.
            texts (Sequence[str]): The label of each.
        """
        bboxes = [self._visible_bboxes(pair) for pair in pairs]
        colors = [
            PERSON_COLORS[pair.person % len(PERSON_COLORS)] for pair in pairs
        ]
        self._draw_boxes(bboxes, colors)
        if pairs:
            self._draw_labels(bboxes, colors, texts)

    def _draw_boxes(self, bboxes: List[np.ndarray],
                    colors: List[tuple]) -> None:
        """Draw the one or two boxes of each pair and the lines between."""
        # Weakest first, so that the strongest pair lies on top.
        drawn = list(zip(bboxes, colors))[::-1]
        # A person who is also an object shows through the gaps of its dashes.
        for role, dash in ((0, 0), (1, 4 * self.line_width)):
            for pair, color in drawn:
                for bbox in pair[role:role + 1]:
                    outline = bbox[[[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]]
                    draw_line(self.canvas, outline, color, self.line_width,
                              dash)
        for pair, color in drawn:
            if len(pair) == 2:
                centers = (pair[:, :2] + pair[:, 2:]) / 2
                draw_line(self.canvas, centers, color, self.line_width)
                for center in centers:
                    draw_dot(self.canvas, center, color, 1.6 * self.line_width)

    def _draw_labels(self, bboxes: List[np.ndarray], colors: List[tuple],
                     texts: Sequence[str]) -> None:
        """Write the label of each pair near the middle of its boxes."""
        pad = max(round(0.25 * self.font.size), 1)
        sizes = np.array([text_size(text, self.font)
                          for text in texts]) + 2 * pad
        anchors = np.array([pair.reshape(-1, 2).mean(0) for pair in bboxes])
        height, width = self.canvas.shape[:2]
        corners = place_labels(sizes, anchors, np.concatenate(bboxes),
                               (width, height)).round()
        # Before all labels, so that no line crosses one.
        for pair, corner, size, color in zip(bboxes, corners, sizes, colors):
            start = _nearest_point(pair, corner + size / 2)
            end = start.clip(corner, corner + size)
            if (start != end).any():
                draw_line(self.canvas, np.stack((start, end)), color,
                          0.8 * self.line_width)
        for text, corner, color in zip(texts, corners, colors):
            draw_text(self.canvas, text, corner, self.font, LABEL_COLOR, color,
                      pad)

    def _visible_bboxes(self, pair: DrawnPair) -> np.ndarray:
        """Subject and, if there is one, object box inside the image.

        Returns:
            np.ndarray: xyxy pixels, shape (1 or 2, 4).
        """
        bboxes = [pair.sub_bbox, pair.obj_bbox]
        bboxes = np.array([bbox for bbox in bboxes if bbox is not None], float)
        # All of the line is to be seen where a box ends with the image.
        margin = min(0.9 * self.line_width, min(self.image_size) / 2)
        limits = np.array([*self.image_size, *self.image_size]) - margin
        return bboxes.clip(margin, limits)


def _nearest_point(bboxes: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The point between the centres of two boxes that is nearest to a point.

    Not near the centres themselves, where the lines of other pairs may end.
    """
    first, last = bboxes[[0, -1], :2] / 2 + bboxes[[0, -1], 2:] / 2
    along = last - first
    share = (target - first) @ along / max(along @ along, 1e-9)
    return first + along * share.clip(0.2, 0.8)
