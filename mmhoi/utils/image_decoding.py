# Copyright (c) mmhoi contributors.
"""Files of images of any mode and orientation as 8-bit colour."""
import io
import struct

import numpy as np
from PIL import Image, ImageOps

# What Pillow raises for missing, truncated, damaged or oversized files.
READ_ERRORS = (OSError, SyntaxError, ValueError, struct.error, EOFError,
               Image.DecompressionBombError)
WHITE = (255, 255, 255)


class ImageReadError(OSError):
    """An image cannot be read; the message is one line and names it."""


def decode_image(content: bytes, name: str) -> Image.Image:
    """Decode the content of a file the way a person sees the image.

    The EXIF orientation is applied, transparent parts become white, grey,
    palette, CMYK and 16-bit images become 8-bit colour.

    Args:
        content (bytes): Content of the file.
        name (str): What messages call it.

    Returns:
        Image.Image: The image, mode RGB.

    Raises:
        ImageReadError: If that is not possible. The message says why.

    Examples:
        >>> file = io.BytesIO()
        >>> Image.new('L', (5, 2)).save(file, 'PNG')
        >>> image = decode_image(file.getvalue(), 'a.png')
        >>> image.mode, image.size
        ('RGB', (5, 2))
    """
    if not content:
        raise ImageReadError(f'image "{name}" is empty (0 bytes)')
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            return _to_rgb(ImageOps.exif_transpose(image))
    except READ_ERRORS as error:
        # Pillow's text for an unknown format shows an object's address.
        reason = ('it is not an image of a known format' if isinstance(
            error, Image.UnidentifiedImageError) else str(error).strip()
                  or type(error).__name__)
        raise ImageReadError(
            f'image "{name}" cannot be read: {" ".join(reason.split())}'
        ) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode of Pillow as 8-bit colour."""
    if image.mode.startswith('I'):
        # 16 bits in whatever container; a plain conversion would clip them.
        values = np.asarray(image).astype(np.int64)
        image = Image.fromarray((values >> 8).clip(0, 255).astype(np.uint8))
    elif image.has_transparency_data:
        image = image.convert('RGBA')
        image = Image.alpha_composite(
            Image.new('RGBA', image.size, WHITE), image)
    return image.convert('RGB')
