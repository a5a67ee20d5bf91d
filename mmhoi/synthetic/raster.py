# Copyright (c) mmhoi contributors.
"""From display lists to pixels and tight boxes."""
from typing import Dict, Tuple

import cv2
import numpy as np

from .drawing import NO_INSTANCE, Drawing

Box = Tuple[int, int, int, int]

# Coordinates are handed to OpenCV as fixed point numbers with 4 fractional
# bits; without them limbs would jump by whole pixels.
_SHIFT = 4


class Canvas:
    """An RGB image with a coverage plane from which boxes are read.

    The fourth channel is the coverage of the instance being drawn, so one
    OpenCV call draws both colour and mask, and a box holds exactly the
    pixels that the instance covers by at least a half.

    Args:
        image (np.ndarray): Background, uint8 of shape (H, W, 3).
    """

    def __init__(self, image: np.ndarray) -> None:
        self.data = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)
        self.data[..., 3] = 0

    @property
    def image(self) -> np.ndarray:
        """The picture so far, uint8 of shape (H, W, 3), RGB."""
        return cv2.cvtColor(self.data, cv2.COLOR_RGBA2RGB)

    def draw(self,
             drawing: Drawing,
             scale: float,
             offset: Tuple[float, float],
             mirror: bool = False) -> Dict[int, Box]:
        """Draw a display list and return the boxes of its instances.

        Args:
            drawing (Drawing): What to draw, in body units.
            scale (float): Pixels per body unit.
            offset (tuple[float, float]): Pixel (x, y) of the group origin.
            mirror (bool): Whether to mirror the group at its origin.

        Returns:
            dict[int, tuple]: Instance number to its box (x1, y1, x2, y2),
            0-based inclusive pixels clipped to the image. An instance
            without a visible pixel is left out.
        """
        points = np.asarray(drawing.points, dtype=np.float64)
        points = points * ((-scale if mirror else scale), scale) + offset
        fixed = np.rint(points * (1 << _SHIFT)).astype(np.int32)
        boxes: Dict[int, Box] = {}
        current = NO_INSTANCE
        for kind, first, last, size, color, instance in drawing.ops:
            if instance != current:
                self._collect(current, boxes)
                current = instance
            self._primitive(kind, fixed[first:last], size * scale,
                            (*color, 255))
        self._collect(current, boxes)
        return boxes

    def _primitive(self, kind: str, points: np.ndarray, size: float,
                   color: Tuple[int, int, int, int]) -> None:
        if kind == 'fill':
            cv2.fillPoly(self.data, [points], color, cv2.LINE_AA, _SHIFT)
        elif kind == 'disc':
            center = (int(points[0, 0]), int(points[0, 1]))
            cv2.circle(self.data, center, max(int(size * (1 << _SHIFT)), 1),
                       color, -1, cv2.LINE_AA, _SHIFT)
        else:
            cv2.polylines(self.data, [points], kind == 'loop', color,
                          max(int(size + 0.5), 1), cv2.LINE_AA, _SHIFT)

    def _collect(self, instance: int, boxes: Dict[int, Box]) -> None:
        """Add the coverage drawn since the last call to an instance's box."""
        if instance != NO_INSTANCE:
            cover = cv2.extractChannel(self.data, 3)
            _, cover = cv2.threshold(cover, 127, 255, cv2.THRESH_BINARY)
            x, y, w, h = cv2.boundingRect(cover)
            if w:
                box = (x, y, x + w - 1, y + h - 1)
                if instance in boxes:
                    old = boxes[instance]
                    box = (min(old[0], box[0]), min(old[1], box[1]),
                           max(old[2], box[2]), max(old[3], box[3]))
                boxes[instance] = box
        self.data[..., 3] = 0
