# Copyright (c) mmhoi contributors.
"""Images as people send them: any mode, any orientation, maybe damaged."""
import cv2
import numpy as np

from mmhoi.utils.addresses import read_content
from mmhoi.utils.image_decoding import (READ_ERRORS, ImageReadError,
                                        decode_image)
from mmhoi.utils.source_image import ImageSource


def read_image(source: ImageSource) -> np.ndarray:
    """Read an image the way a person sees it.

    The EXIF orientation is applied, transparent parts become white, grey,
    palette, CMYK and 16-bit images become 8-bit colour. Evaluation reads
    images differently: there the EXIF orientation is ignored, as the
    annotations of HICO-DET and V-COCO expect.

    Args:
        source (str | Path | np.ndarray): Path or http(s) address of a file;
            or an image as OpenCV reads it, uint8, shape (h, w, 3) BGR, or
            (h, w) grey, or (h, w, 4) BGRA.

    Returns:
        np.ndarray: BGR, uint8, contiguous, shape (h, w, 3).

    Raises:
        ImageReadError: If that is not possible. The message says why.

    Examples:
        >>> read_image(np.zeros((2, 5), np.uint8)).shape
        (2, 5, 3)
    """
    if isinstance(source, np.ndarray):
        return _from_array(source)
    try:
        content = read_content(str(source))
    except FileNotFoundError as error:
        raise ImageReadError(f'image "{source}" does not exist') from error
    except READ_ERRORS as error:
        reason = str(error).strip() or type(error).__name__
        raise ImageReadError(
            f'image "{source}" cannot be read: {" ".join(reason.split())}'
        ) from error
    image = decode_image(content, str(source))
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)


def _from_array(array: np.ndarray) -> np.ndarray:
    """Check an array and give it three channels."""
    channels = 1 if array.ndim == 2 else array.shape[-1]
    if (array.dtype != np.uint8 or array.ndim not in (2, 3) or not array.size
            or channels not in (1, 3, 4)):
        raise ImageReadError(
            f'an array of shape {array.shape} and type {array.dtype} is no '
            'image; give uint8 of shape (h, w, 3), BGR as cv2.imread returns '
            'it, (h, w) or (h, w, 4)')
    if channels == 3:
        return np.ascontiguousarray(array)
    code = cv2.COLOR_GRAY2BGR if channels == 1 else cv2.COLOR_BGRA2BGR
    return cv2.cvtColor(np.ascontiguousarray(array), code)
