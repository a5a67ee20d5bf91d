# Copyright (c) mmhoi contributors.
"""Textured backgrounds: outdoor, street, beach and indoor."""
from functools import lru_cache

import cv2
import numpy as np

from .palette import VIVID, WOODS, pick, shade

# (colours of the upper part, colours of the ground, what stands there)
_THEMES = ((((150, 195, 235), (190, 215, 235)), ((95, 145, 70), (120, 155,
                                                                 80)),
            'trees'), (((170, 200, 225), (200, 205, 215)),
                       ((120, 120, 122), (145, 140, 135)), 'houses'),
           (((140, 200, 240), (235, 205, 170)), ((220, 200, 150), (205, 180,
                                                                   130)),
            'hills'), (((225, 215, 195), (195, 210, 205)),
                       ((150, 110, 75), (170, 150, 130)), 'room'))


@lru_cache(maxsize=1)
def _noise() -> np.ndarray:
    """A fixed tile of fine and coarse noise around 128, uint8 RGB.

    The tile is the same in every process; scenes differ in the crop.
    """
    rng = np.random.default_rng(20240117)
    tile = rng.normal(0, 9, (512, 512, 1)) + rng.normal(0, 3, (512, 512, 3))
    for cells, strength in ((128, 8), (48, 10)):
        coarse = np.repeat(rng.normal(0, strength, (cells, cells, 1)), 3, 2)
        tile += cv2.resize(coarse, (512, 512), interpolation=cv2.INTER_CUBIC)
    return np.clip(tile + 128, 0, 255).astype(np.uint8)


def add_noise(rng: np.random.Generator,
              image: np.ndarray,
              strength: float,
              gain: float = 1.0) -> np.ndarray:
    """Vary brightness and grain of an image.

    Args:
        rng (np.random.Generator): Chooses the crop of the noise tile.
        image (np.ndarray): uint8 of shape (H, W, 3).
        strength (float): Share of the noise tile that is added.
        gain (float): Factor on the image.

    Returns:
        np.ndarray: uint8 of shape (H, W, 3).
    """
    height, width = image.shape[:2]
    tile = _noise()
    if height > 512 or width > 512:
        repeats = (-(-height // 512) + 1, -(-width // 512) + 1, 1)
        tile = np.tile(tile, repeats)
    y = int(rng.integers(tile.shape[0] - height + 1))
    x = int(rng.integers(tile.shape[1] - width + 1))
    return cv2.addWeighted(image, gain, tile[y:y + height, x:x + width],
                           strength, -128 * strength)


def render_background(rng: np.random.Generator, width: int,
                      height: int) -> np.ndarray:
    """Render a background without people and objects.

    Args:
        rng (np.random.Generator): Source of all variety.
        width (int): Width in pixels.
        height (int): Height in pixels.

    Returns:
        np.ndarray: uint8 of shape (height, width, 3), RGB.
    """
    upper, lower, scenery = _THEMES[int(rng.integers(len(_THEMES)))]
    horizon = int(height * rng.uniform(0.42, 0.68))
    small = np.empty((6, 8, 3), np.uint8)
    small[:] = pick(rng, upper)
    image = cv2.resize(small, (width, height))
    image[horizon:] = pick(rng, lower, 25)
    _SCENERY[scenery](rng, image, horizon)
    # Broad blotches of light, so that no region is flat.
    blotch = rng.integers(88, 168, (5, 6, 1), dtype=np.uint8)
    blotch = cv2.resize(blotch, (width, height), interpolation=cv2.INTER_CUBIC)
    blotch = cv2.cvtColor(blotch, cv2.COLOR_GRAY2RGB)
    image = cv2.addWeighted(image, 1.0, blotch, 0.5, -64)
    return add_noise(rng, image, float(rng.uniform(0.3, 0.7)))


def _trees(rng, image, horizon):
    height, width = image.shape[:2]
    for x in rng.uniform(0, width, int(rng.integers(2, 7))).tolist():
        green = pick(rng, ((60, 110, 55), (80, 130, 60), (110, 120, 50)))
        size = float(rng.uniform(0.06, 0.16)) * height
        cv2.line(image, (int(x), horizon), (int(x), int(horizon - size)),
                 (95, 70, 50), max(int(size / 4), 1))
        cv2.circle(image, (int(x), int(horizon - size * 1.5)), int(size),
                   green, -1, cv2.LINE_AA)


def _houses(rng, image, horizon):
    width = image.shape[1]
    x = int(rng.integers(-20, 10))
    while x < width:
        wide, high = (int(v) for v in rng.integers((25, 20), (60, 75)))
        wall = pick(rng, WOODS + ((165, 160, 155), (190, 175, 150)), 25)
        cv2.rectangle(image, (x, horizon - high), (x + wide, horizon), wall,
                      -1)
        for wx in range(x + 5, x + wide - 6, 11):
            for wy in range(horizon - high + 5, horizon - 8, 13):
                cv2.rectangle(image, (wx, wy), (wx + 5, wy + 6),
                              shade(wall, 0.6), -1)
        x += wide + int(rng.integers(0, 16))
    cv2.line(image, (0, horizon + 5), (width, horizon + 5), (185, 185, 180), 2)


def _hills(rng, image, horizon):
    height, width = image.shape[:2]
    xs = np.linspace(0, width, 6)
    ys = horizon - rng.uniform(0, 0.16, 6) * height
    outline = np.stack([xs, ys], 1).tolist() + [[width, horizon], [0, horizon]]
    cv2.fillPoly(image, [np.asarray(outline, np.int32)],
                 pick(rng, ((90, 140, 170), (130, 140, 95), (160, 130, 100))),
                 cv2.LINE_AA)


def _room(rng, image, horizon):
    height, width = image.shape[:2]
    cv2.line(image, (0, horizon), (width, horizon), (235, 230, 220), 3)
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(width)), int(rng.integers(4, horizon - 20))
        wide, high = (int(v) for v in rng.integers((16, 14), (46, 36)))
        cv2.rectangle(image, (x, y), (x + wide, min(y + high, horizon - 4)),
                      pick(rng, VIVID, 40), -1)
        cv2.rectangle(image, (x, y), (x + wide, min(y + high, horizon - 4)),
                      (90, 70, 50), 2)
    step = int(rng.integers(14, 30))
    for y in range(horizon + 8, height, step // 2 + 4):
        cv2.line(image, (0, y), (width, y),
                 shade(tuple(int(c) for c in image[-1, 0]), 0.85), 1)


_SCENERY = {'trees': _trees, 'houses': _houses, 'hills': _hills, 'room': _room}
