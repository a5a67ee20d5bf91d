# Copyright (c) mmhoi contributors.
"""The frames that the boxes of a data set are in."""
from pathlib import Path
from typing import Callable, Union

from mmhoi.utils.image_decoding import decode_image
from mmhoi.utils.image_orientation import ImageFrame, read_frame

FrameReader = Callable[[str], ImageFrame]


def frame_reader(folder: Union[str, Path],
                 decode: bool = False) -> FrameReader:
    """Function from the name of an image to its frame.

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

    def read(file_name: str) -> ImageFrame:
        path = folder / file_name
        if decode:
            decode_image(path.read_bytes(), str(path), upright=False)
        return read_frame(path)

    return read
