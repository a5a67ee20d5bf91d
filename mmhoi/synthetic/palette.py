# Copyright (c) mmhoi contributors.
"""Colours for people and objects."""
from typing import Sequence

import numpy as np

from .drawing import Color

SKINS = ((255, 224, 196), (241, 194, 160), (224, 172, 125), (188, 130, 90),
         (141, 85, 52), (96, 58, 38))
HAIRS = ((25, 20, 18), (60, 40, 25), (110, 70, 35), (190, 150, 80),
         (130, 125, 120), (150, 60, 30))
VIVID = ((214, 40, 40), (240, 120, 30), (245, 200, 40), (60, 160, 70),
         (30, 140, 150), (40, 90, 200), (120, 60, 170), (220, 80, 150),
         (240, 240, 240), (40, 40, 45), (130, 200, 90), (110, 170, 230))
WOODS = ((150, 100, 55), (120, 75, 40), (180, 130, 80), (95, 65, 45))
METALS = ((60, 62, 66), (150, 155, 160), (100, 105, 110))
RUBBER = (28, 28, 30)
WHITE = (248, 248, 248)
BLACK = (20, 20, 20)


def shade(color: Color, factor: float) -> Color:
    """Scale the brightness of a colour.

    Examples:
        >>> shade((100, 200, 250), 1.2)
        (120, 240, 255)
    """
    return tuple(min(int(c * factor), 255) for c in color)


def pick(rng: np.random.Generator,
         colors: Sequence[Color],
         jitter: int = 18) -> Color:
    """A random colour of a list, each channel moved by up to ``jitter``."""
    color = colors[int(rng.integers(len(colors)))]
    return tuple(
        int(min(max(c + d, 0), 255))
        for c, d in zip(color,
                        rng.integers(-jitter, jitter + 1, 3).tolist()))
