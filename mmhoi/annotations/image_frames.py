# Copyright (c) mmhoi contributors.
"""The frames of the images of an annotation file."""
from pathlib import Path
from typing import Callable, Optional, Union

from mmhoi.utils.image_decoding import decode_image
from mmhoi.utils.image_orientation import ImageFrames, image_frames

#: From the name of an image to its frames; None if it is not looked at.
FrameReader = Callable[[str], Optional[ImageFrames]]


def frame_reader(folder: Union[str, Path],
                 decode: bool = False) -> FrameReader:
    """Function from the name of an image to its frames.

    Args:
        folder (str | Path): Folder of the images.
        decode (bool): Whether to decode the image as training does, which
            finds damaged ones, instead of reading its start only. Defaults
            to False.

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
        path = folder / file_name
        if decode:
            decode_image(path.read_bytes(), str(path), upright=False)
        return image_frames(path)

    return read
