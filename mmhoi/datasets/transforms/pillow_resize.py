# Copyright (c) mmhoi contributors.
"""Resizing like Pillow, several times faster."""
from typing import Tuple

import numpy as np
import torch
import torch.nn.functional as F

from .contiguous_image import contiguous_image


def pillow_resize(img: np.ndarray,
                  size: Tuple[int, int],
                  mode: str = 'bilinear') -> np.ndarray:
    """Resize as Pillow does, with a filter that widens when it shrinks.

    PyTorch's antialiased resize of uint8 images has Pillow's filters, with
    integer weights of another precision: about one value in 200 differs by
    1. Where bicubic overshoots (hard edges, noise), single values differ by
    2. Rows come first, as in all Pillow before version 13, which begins with
    the columns of some images.

    Args:
        img (np.ndarray): Image, uint8, shape (H, W, 3).
        size (tuple[int, int]): New height and width.
        mode (str): `bilinear` or `bicubic`. Defaults to `bilinear`.

    Returns:
        np.ndarray: Resized image, uint8, a (h, w, 3) view of a (3, h, w)
        array: packing it for a network copies nothing.

    Examples:
        >>> import numpy as np
        >>> from mmhoi.datasets.transforms.pillow_resize import pillow_resize
        >>> pillow_resize(np.full((4, 6, 3), 7, np.uint8), (2, 3)).shape
        (2, 3, 3)
    """
    # PyTorch is fastest on this layout and reads no negative strides.
    img = contiguous_image(img)
    batch = torch.from_numpy(img).permute(2, 0, 1)[None]
    resized = F.interpolate(batch, size, mode=mode, antialias=True)
    return resized[0].permute(1, 2, 0).numpy()
