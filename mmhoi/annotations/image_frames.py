# Copyright (c) mmhoi contributors.
"""The frame that the boxes of an image are in."""
from pathlib import Path
from typing import Callable, NamedTuple, Union

from PIL import ExifTags, Image

#: EXIF orientations that exchange width and height.
QUARTER_TURNS = (5, 6, 7, 8)


class ImageFrame(NamedTuple):
    """Size of an image as it is stored, and how viewers turn it.

    Attributes:
        width (int): Pixels of a stored row.
        height (int): Stored rows.
        orientation (int): EXIF orientation; 1 is as stored. Defaults to 1.
    """
    width: int
    height: int
    orientation: int = 1

    @property
    def is_turned(self) -> bool:
        """Whether viewers and label tools show it in another way."""
        return 2 <= self.orientation <= 8

    def contains(self, x2: float, y2: float) -> bool:
        """Whether a corner lies in the stored image.

        Args:
            x2 (float): Column, 0-based.
            y2 (float): Row, 0-based.

        Returns:
            bool: Whether it does; the far border is inside.
        """
        return x2 <= self.width and y2 <= self.height

    @property
    def upright(self) -> 'ImageFrame':
        """The same as viewers show it.

        Examples:
            >>> ImageFrame(640, 480, 6).upright
            ImageFrame(width=480, height=640, orientation=1)
        """
        if self.orientation in QUARTER_TURNS:
            return ImageFrame(self.height, self.width)
        return ImageFrame(self.width, self.height)


FrameReader = Callable[[str], ImageFrame]


def frame_reader(folder: Union[str, Path],
                 decode: bool = False) -> FrameReader:
    """Function from the name of an image to its frame.

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

    def read(file_name: str) -> ImageFrame:
        try:
            with Image.open(folder / file_name) as image:
                if decode:
                    image.load()
                orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
                return ImageFrame(
                    *image.size,
                    orientation if isinstance(orientation, int) else 1)
        except (Image.DecompressionBombError, SyntaxError) as error:
            raise ValueError(error) from error

    return read
