# Copyright (c) mmhoi contributors.
"""How an image lies in its file, and how a person sees it (EXIF)."""
import struct
from pathlib import Path
from typing import NamedTuple, Tuple, Union

from PIL import ExifTags, Image

# What Pillow raises for missing, truncated, damaged or oversized files.
READ_ERRORS = (OSError, SyntaxError, ValueError, struct.error, EOFError,
               TypeError, AttributeError, LookupError, ArithmeticError,
               RuntimeError, MemoryError, Image.DecompressionBombError)
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


class ImageFrames(NamedTuple):
    """Sizes of an image in the two frames that boxes may lie in.

    Attributes:
        stored (tuple[int, int]): Width and height as training and testing see
            it: without the EXIF orientation.
        upright (tuple[int, int]): Width and height as a person and
            predictions on own images see it: with the EXIF orientation.
        orientation (int): What leads from the first to the second, 1..8; 1
            is nothing.
    """
    stored: Tuple[int, int]
    upright: Tuple[int, int]
    orientation: int


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


def image_frames(path: Union[str, Path]) -> ImageFrames:
    """Read the sizes of an image, in general without decoding it.

    Args:
        path (str | Path): The file.

    Returns:
        ImageFrames: Sizes in pixels.

    Raises:
        OSError: If the file cannot be read or is no image
            (FileNotFoundError if there is none).
        ValueError: If it has so many pixels that Pillow refuses it, or its
            header is damaged.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> exif = Image.Exif()
        >>> exif[ExifTags.Base.Orientation] = 6
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, 'a.jpg')
        ...     Image.new('L', (30, 20)).save(path, exif=exif)
        ...     image_frames(path)
        ImageFrames(stored=(30, 20), upright=(20, 30), orientation=6)
    """
    try:
        with Image.open(path) as image:
            stored = image.size
            if image.format == 'TIFF':
                # Not `size`: it is that of the file or the upright one,
                # according to the version of Pillow.
                tags = image.tag_v2
                stored = tags[256], tags[257]
                if tags.get(ExifTags.Base.Orientation, 1) > 4:
                    stored = stored[::-1]
            orientation = read_orientation(image)
    # Of damaged headers each format's reader raises something else.
    except (Image.DecompressionBombError, SyntaxError, ValueError,
            struct.error) as error:
        raise ValueError(str(error)) from error
    upright = stored[::-1] if orientation > 4 else stored
    return ImageFrames(stored, upright, orientation)
