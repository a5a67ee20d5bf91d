# Copyright (c) mmhoi contributors.
"""Images from wherever they are, as arrays."""
from typing import Optional

import cv2
import numpy as np

from .addresses import read_content
from .image_decoding import (array_to_image, check_array, decode_image,
                             unreadable)
from .image_orientation import READ_ERRORS
from .source_image import ImageSource


def read_image(source: ImageSource,
               upright: bool = True,
               backend_args: Optional[dict] = None) -> np.ndarray:
    """Read an image, by default the way a person sees it.

    Args:
        source (str | Path | np.ndarray): Path or http(s) address of a file of
            any kind (see :func:`mmhoi.utils.image_decoding.decode_image`);
            or an image as OpenCV reads it, uint8, shape (h, w, 3) BGR, or
            (h, w) grey, or (h, w, 4) BGRA, whose last channel is left out.
        upright (bool): Whether the EXIF orientation is applied. Training and
            testing ignore it, as the annotations of HICO-DET and V-COCO
            expect. Defaults to True.
        backend_args (dict, optional): File backend of mmengine. Defaults to
            None.

    Returns:
        np.ndarray: BGR, uint8, contiguous, shape (h, w, 3).

    Raises:
        ImageReadError: If that is not possible. The message says why.

    Examples:
        >>> read_image(np.zeros((2, 5), np.uint8)).shape
        (2, 5, 3)
    """
    if isinstance(source, np.ndarray):
        if check_array(source) == 3:
            return np.ascontiguousarray(source)
        image = array_to_image(source)
    else:
        try:
            content = read_content(str(source), backend_args)
        except READ_ERRORS as error:
            raise unreadable(str(source), error) from error
        image = decode_image(content, str(source), upright)
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)
