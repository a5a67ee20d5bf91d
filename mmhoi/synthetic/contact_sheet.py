# Copyright (c) mmhoi contributors.
"""One picture that shows a tile of every class."""
from typing import Optional, Sequence

import cv2
import numpy as np

from .scene import SceneRenderer
from .vocabulary import load_vocabulary


def contact_sheet(hoi_ids: Optional[Sequence[int]] = None,
                  seed: int = 0,
                  columns: int = 8,
                  size: Sequence[int] = (192, 160),
                  boxes: bool = False) -> np.ndarray:
    """Draw one scene for each class, with its name below.

    Args:
        hoi_ids (sequence[int], optional): Classes. Default: all.
        seed (int): Seed of the scenes.
        columns (int): Tiles in a row.
        size (sequence[int]): Width and height of a scene in pixels.
        boxes (bool): Whether to draw the boxes as well.

    Returns:
        np.ndarray: uint8 of shape (rows * (height + 16),
        columns * width, 3), RGB. Rare classes are marked with a star.
    """
    classes = load_vocabulary().classes
    hoi_ids = list(classes) if hoi_ids is None else list(hoi_ids)
    width, height = size
    renderer = SceneRenderer(width, height)
    rows = -(-len(hoi_ids) // columns)
    sheet = np.full((rows * (height + 16), columns * width, 3), 255, np.uint8)
    for k, hoi_id in enumerate(hoi_ids):
        scene = renderer.render(
            np.random.default_rng([seed, hoi_id]), [hoi_id], num_distractors=0)
        image = scene.image
        for x1, y1, x2, y2 in scene.boxes.tolist() if boxes else ():
            cv2.rectangle(image, (x1, y1), (x2, y2), (255, 0, 0), 1)
        y, x = k // columns * (height + 16), k % columns * width
        sheet[y:y + height, x:x + width] = image
        hoi = classes[hoi_id]
        name = f'{hoi_id} {hoi.verb} {hoi.object}{"*" if hoi.rare else ""}'
        cv2.putText(sheet, name, (x + 2, y + height + 12),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA)
    return sheet
