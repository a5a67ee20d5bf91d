# Copyright (c) mmhoi contributors.
"""Lines and labels on RGB images, antialiased and fast on large ones."""
from typing import List, Optional, Sequence, Tuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mmhoi.utils.fonts import fonts_for, letters_of, load_font, sticks

Color = Tuple[int, int, int]
HALO_COLOR = (24, 24, 24)
LINE_SPACING = 1.2
#: OpenCV takes coordinates as integers with so many binary places.
SHIFT = 4


def text_size(text: str, font: ImageFont.FreeTypeFont) -> Tuple[int, int]:
    """Measure a text of one or more lines.

    Args:
        text (str): The text.
        font (ImageFont.FreeTypeFont): Its letters; what the font lacks is
            taken from others.

    Returns:
        tuple[int, int]: Width and height, pixels.
    """
    lines = text.split('\n')
    width = max(
        sum(letters.getlength(part) for part, letters in _parts(line, font))
        for line in lines)
    return int(np.ceil(width)), int(
        np.ceil(LINE_SPACING * font.size * len(lines)))


def draw_line(image: np.ndarray,
              points: np.ndarray,
              color: Color,
              width: float,
              dash: float = 0.) -> None:
    """Draw a line through points, with a dark edge on either side.

    Args:
        image (np.ndarray): Image to draw on, RGB, uint8, shape (h, w, 3).
        points (np.ndarray): x and y of M points, pixels, shape (M, 2).
        color (tuple[int, int, int]): RGB.
        width (float): Width of the line without the edge, pixels.
        dash (float): Length of dashes and of the gaps between them, pixels.
            Defaults to 0, a solid line.

    Examples:
        >>> image = np.full((9, 9, 3), 99, np.uint8)
        >>> draw_line(image, np.array([[0., 4.5], [9., 4.5]]), (9, 0, 0), 3)
        >>> image[[0, 4], 4].tolist()
        [[99, 99, 99], [9, 0, 0]]
    """
    parts = _dashes(points, dash) if dash else [points]
    # Pixel 0 of OpenCV is a point, its left edge -0.5.
    fixed = [
        np.round((part - 0.5) * 2**SHIFT).astype(np.int32) for part in parts
    ]
    thickness = max(round(width - 0.5), 1)
    edge = max(round(0.3 * width), 1)
    for line_color, line_width in ((HALO_COLOR, thickness + 2 * edge),
                                   (color, thickness)):
        cv2.polylines(image, fixed, False, line_color, line_width, cv2.LINE_AA,
                      SHIFT)


def draw_dot(image: np.ndarray, center: np.ndarray, color: Color,
             radius: float) -> None:
    """Draw a filled circle with a dark edge.

    Args:
        image (np.ndarray): Image to draw on, RGB, uint8, shape (h, w, 3).
        center (np.ndarray): x and y, pixels, shape (2, ).
        color (tuple[int, int, int]): RGB.
        radius (float): Its radius without the edge, pixels.
    """
    fixed = np.round((center - 0.5) * 2**SHIFT).astype(int).tolist()
    for dot_color, size in ((HALO_COLOR, 1.3 * radius), (color, radius)):
        cv2.circle(image, fixed, round(size * 2**SHIFT), dot_color, -1,
                   cv2.LINE_AA, SHIFT)


def draw_text(image: np.ndarray,
              text: str,
              corner: Sequence[float],
              font: ImageFont.FreeTypeFont,
              color: Color,
              background: Optional[Color] = None,
              pad: int = 0) -> None:
    """Write a text, cut off where it leaves the image.

    Args:
        image (np.ndarray): Image to draw on, RGB, uint8, shape (h, w, 3).
        text (str): Text of one or more lines.
        corner (Sequence[float]): x and y of its top left corner with the pad
            around it, pixels, not negative.
        font (ImageFont.FreeTypeFont): As in :func:`text_size`.
        color (tuple[int, int, int]): RGB.
        background (tuple[int, int, int], optional): RGB of a plate that the
            image shines through a little. Defaults to None, no plate.
        pad (int): Pixels between text and edge of the plate. Defaults to 0.
    """
    size = np.add(text_size(text, font), 2 * pad)
    letters = Image.new('L', tuple(size.tolist()))
    draw = ImageDraw.Draw(letters)
    for row, line in enumerate(text.split('\n')):
        x = pad
        # All fonts stand on one line.
        y = pad + row * LINE_SPACING * font.size + font.getmetrics()[0]
        for part, own_font in _parts(line, font):
            draw.text((x, y), part, 255, own_font, 'ls')
            x += own_font.getlength(part)
    x, y = (int(value) for value in corner)
    region = image[y:y + size[1], x:x + size[0]]
    alpha = np.asarray(letters)[:len(region), :region.shape[1], None] / 255
    below = region.astype(float)
    if background is not None:
        below = 0.1 * below + 0.9 * np.array(background)
    region[:] = np.round(alpha * color + (1 - alpha) * below)


def _dashes(points: np.ndarray, dash: float) -> list:
    """Every second piece of a line, with dashes at all its points."""
    parts = []
    for start, end in zip(points[:-1], points[1:]):
        # An odd number of pieces: dashes at both ends.
        pieces = 2 * int(np.linalg.norm(end - start) / dash / 2) + 1
        steps = np.linspace(start, end, pieces + 1)
        parts += [steps[i:i + 2] for i in range(0, pieces, 2)]
    return parts


def _parts(
        line: str, font: ImageFont.FreeTypeFont
) -> List[Tuple[str, ImageFont.FreeTypeFont]]:
    """Pieces of a line, each with a font that has its letters."""
    # Halves of letters, as damaged texts have them, cannot be drawn.
    line = line.encode('utf-8', 'replace').decode()
    files = fonts_for(line, font.path)
    if len(files) == 1:
        return [(line, font)]
    parts: List[Tuple[str, str]] = []
    for letter in line:
        file = next((x for x in files if letter in letters_of(x)), files[0])
        # Accents and joiners belong to the letter before them, and blanks
        # break no word.
        if parts and (parts[-1][1] == file or sticks(letter)):
            parts[-1] = parts[-1][0] + letter, parts[-1][1]
        else:
            parts.append((letter, file))
    return [(part, load_font(font.size, file)) for part, file in parts]
