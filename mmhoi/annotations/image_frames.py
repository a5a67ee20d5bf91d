# Copyright (c) mmhoi contributors.
"""The frames of the images of an annotation file."""
from pathlib import Path
from typing import Callable, Optional, Union

from PIL import Image

from mmhoi.utils.image_orientation import (READ_ERRORS, ImageFrames,
                                           image_frames)

#: From the name of an image to its frames; None if it is not looked at.
FrameReader = Callable[[str], Optional[ImageFrames]]


def frame_reader(folder: Union[str, Path],
                 decode: bool = False) -> FrameReader:
    """Function from the name of an image to its frames.

    Args:
        folder (str | Path): Folder of the images.
        decode (bool): Whether to decode the image, which finds damaged ones,
            instead of reading its start only. Defaults to False.

    Returns:
        FrameReader: The function. It raises OSError or ValueError for an
        image that cannot be read.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f'image folder {folder} does not exist')

    def read(file_name: str) -> ImageFrames:
        if decode:
            try:
                with Image.open(folder / file_name) as image:
                    image.load()
            except READ_ERRORS as error:
                raise ValueError(error) from error
        return image_frames(folder / file_name)

    return read
