# Copyright (c) mmhoi contributors.
"""Sizes of images after a resize; nothing here needs torch."""
from typing import Optional, Tuple


def detr_size(height: int, width: int, short: int,
              max_long: Optional[int]) -> Tuple[int, int]:
    """Size of an image after DETR's aspect-preserving resize.

    The shorter side becomes `short`, or as much less (rounded) as keeps the
    longer side within `max_long`, which that rounding may pass by a pixel or
    two; the longer side is truncated. mmcv rounds both, so that sizes differ
    for every second image.

    Args:
        height (int): Height of the image.
        width (int): Width of the image.
        short (int): Wanted length of the shorter side.
        max_long (int, optional): Largest allowed length of the longer side,
            or None for no limit.

    Returns:
        tuple[int, int]: New height and width.

    Examples:
        >>> detr_size(480, 640, 800, 1333)
        (800, 1066)
        >>> detr_size(400, 1000, 800, 1333)
        (533, 1332)
    """
    small, large = min(height, width), max(height, width)
    if max_long is not None and large / small * short > max_long:
        # At least one pixel, however long and narrow the image is.
        short = max(int(round(max_long * small / large)), 1)
    if small == short:
        return height, width
    long = int(short * large / small)
    return (short, long) if height <= width else (long, short)
