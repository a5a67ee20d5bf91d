# Copyright (c) mmhoi contributors.
"""How an image lies in its file, and how a person sees it (EXIF)."""
import struct
from pathlib import Path
from typing import NamedTuple, Union

from PIL import ExifTags, Image

# What Pillow raises for missing, truncated, damaged or oversized files.
READ_ERRORS = (OSError, SyntaxError, ValueError, struct.error, EOFError,
               Image.DecompressionBombError)
#: What brings an image of each EXIF orientation upright; 1 already is.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90
}
#: EXIF orientations that exchange width and height.
QUARTER_TURNS = (5, 6, 7, 8)


class ImageFrame(NamedTuple):
    """Size of an image as it is stored, and how viewers turn it.

    Training and testing see the stored image, a person and predictions on own
    images the upright one.

    Attributes:
        width (int): Pixels of a stored row.
        height (int): Stored rows.
        orientation (int): EXIF orientation, 1..8; 1 is as stored. Defaults
            to 1.
    """
    width: int
    height: int
    orientation: int = 1

    @property
    def is_turned(self) -> bool:
        """Whether viewers and label tools show it in another way."""
        return self.orientation in TURNS

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


def read_orientation(image: Image.Image) -> int:
    """The EXIF orientation that is still to be applied.

    Args:
        image (Image.Image): As Pillow opens it, decoded or not.

    Returns:
        int: 1..8; 1 if there is no tag, or none that can be understood. Also
        1 of a TIFF: its orientation is part of the format, and Pillow
        applies it as it decodes.

    Examples:
        >>> read_orientation(Image.new('L', (2, 1)))
        1
    """
    if image.format == 'TIFF':
        return 1
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except READ_ERRORS:
        return 1
    return orientation if orientation in TURNS else 1


def read_frame(path: Union[str, Path]) -> ImageFrame:
    """Read the frame of an image, in general without decoding it.

    Args:
        path (str | Path): The file.

    Returns:
        ImageFrame: The frame.

    Raises:
        OSError: If the file cannot be read or is no image
            (FileNotFoundError if there is none).
        ValueError: If it has so many pixels that Pillow refuses it.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> exif = Image.Exif()
        >>> exif[ExifTags.Base.Orientation] = 6
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, 'a.jpg')
        ...     Image.new('L', (30, 20)).save(path, exif=exif)
        ...     read_frame(path)
        ImageFrame(width=30, height=20, orientation=6)
    """
    try:
        with Image.open(path) as image:
            size = image.size
            if image.format == 'TIFF':
                # Not `size`: it is that of the file or the upright one,
                # according to the version of Pillow.
                tags = image.tag_v2
                frame = ImageFrame(tags[256], tags[257],
                                   tags.get(ExifTags.Base.Orientation, 1))
                size = frame.upright[:2]
            return ImageFrame(*size, read_orientation(image))
    except (Image.DecompressionBombError, SyntaxError, struct.error) as error:
        raise ValueError(str(error)) from error
