# Copyright (c) mmhoi contributors.
"""Files of images of any kind as 8-bit colour: the only place that decodes.

Training, testing, pictures, inference and exported models all come here, so
that they see the same pixels. docs/en/user_guides/inference.md has the table
of what happens to each kind.
"""
import io
import warnings

import numpy as np
from PIL import Image

from .image_orientation import READ_ERRORS, TURNS, read_orientation
from .video_files import NUM_BYTES, is_video

WHITE = (255, 255, 255)
# What grey values of no range of their own may fill: from, to, least maximum
# and scale. Resampled floats lie a little outside of 0..1 and 0..255 and are
# cut off; a maximum between the two could mean either.
RANGES = {
    'F': ((-0.1, 1.1, 0, 255.), (-25.5, 280.5, 16, 1.)),
    'I': ((0, 255, 0, 1), (0, 65535, 0, 1 / 256))
}


class ImageReadError(OSError):
    """An image cannot be read; the message is one line and names it."""


def decode_image(content: bytes,
                 name: str,
                 upright: bool = True) -> Image.Image:
    """Decode the content of a file.

    Args:
        content (bytes): Content of the file.
        name (str): What messages call it.
        upright (bool): Whether the EXIF orientation is applied, as a person
            sees the image. Training and testing ignore it, as the official
            code does. Defaults to True.

    Returns:
        Image.Image: The first image of the file, mode RGB. Transparent parts
        are white; grey, palette, CMYK, 16-bit and float images have become
        8-bit colour.

    Raises:
        ImageReadError: If that is not possible. The message says why.

    Examples:
        >>> file = io.BytesIO()
        >>> Image.new('L', (5, 2)).save(file, 'PNG')
        >>> image = decode_image(file.getvalue(), 'a.png')
        >>> image.mode, image.size
        ('RGB', (5, 2))
    """
    try:
        if not content:
            raise ValueError('it is empty (0 bytes)')
        if is_video(content[:NUM_BYTES]):
            raise ValueError('it is a video; give it alone, or to '
                             'demo/video_demo.py')
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            orientation = read_orientation(image) if upright else 1
            # In other files further ones are previews.
            if image.format in ('GIF', 'WEBP', 'PNG', 'TIFF', 'AVIF'):
                _tell_other_frames(content, name)
            image = _to_rgb(image)
    except READ_ERRORS as error:
        raise unreadable(name, error) from error
    return image.transpose(TURNS[orientation]) if orientation > 1 else image


def _tell_other_frames(content: bytes, name: str) -> None:
    """Warn of an image whose further frames or pages are not read."""
    try:
        # Counting would spoil the one that is being read.
        with Image.open(io.BytesIO(content)) as image:
            number = getattr(image, 'n_frames', 1)
    except READ_ERRORS:  # The first one is whole.
        return
    if number > 1:
        warnings.warn(f'image "{name}" has {number} frames; the first one is '
                      'used (demo/video_demo.py predicts all of an animation)')


def unreadable(name: str, error: Exception) -> ImageReadError:
    """The error that names an image and says why it cannot be read.

    Args:
        name (str): What the message calls the image.
        error (Exception): What was raised.

    Returns:
        ImageReadError: To be raised.

    Examples:
        >>> unreadable('a.png', ValueError('it is empty'))
        ImageReadError('image "a.png" cannot be read: it is empty')
    """
    if isinstance(error, FileNotFoundError):
        return ImageReadError(f'image "{name}" does not exist')
    # Pillow's text for an unknown format shows an object's address.
    reason = ('it is not an image of a known format' if isinstance(
        error, Image.UnidentifiedImageError) else str(error).strip()
              or type(error).__name__)
    return ImageReadError(
        f'image "{name}" cannot be read: {" ".join(reason.split())}')


def array_to_image(array: np.ndarray) -> Image.Image:
    """An image as OpenCV reads it.

    Args:
        array (np.ndarray): uint8, shape (h, w, 3) BGR, or (h, w) or
            (h, w, 1) grey, or (h, w, 4) BGRA, whose last channel is left
            out: in screen captures it means nothing.

    Returns:
        Image.Image: The image, mode RGB.

    Raises:
        ImageReadError: If the array is nothing of these.

    Examples:
        >>> array_to_image(np.zeros((2, 5), np.uint8)).getpixel((0, 0))
        (0, 0, 0)
    """
    channels = check_array(array)
    pixels = array.reshape(*array.shape[:2], channels)[..., 2::-1]
    return Image.fromarray(np.repeat(pixels, 3 // pixels.shape[2], 2))


def check_array(array: np.ndarray) -> int:
    """Make sure that an array is an image as OpenCV reads it.

    Args:
        array (np.ndarray): Any array.

    Returns:
        int: Number of its channels: 1, 3 or 4.

    Raises:
        ImageReadError: If it is none.

    Examples:
        >>> check_array(np.zeros((2, 5), np.uint8))
        1
    """
    channels = 1 if array.ndim == 2 else array.shape[-1]
    if (array.dtype != np.uint8 or array.ndim not in (2, 3) or not array.size
            or channels not in (1, 3, 4)):
        raise ImageReadError(
            f'an array of shape {array.shape} and type {array.dtype} is no '
            'image; give uint8 of shape (h, w, 3), BGR as cv2.imread returns '
            'it, (h, w) or (h, w, 4)')
    return channels


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any mode of Pillow as 8-bit colour."""
    if image.mode.startswith('I') or image.mode == 'F':
        return _eight_bits(image).convert('RGB')
    if image.has_transparency_data:
        image = image.convert('RGBA')
        image = Image.alpha_composite(
            Image.new('RGBA', image.size, WHITE), image)
    return image if image.mode == 'RGB' else image.convert('RGB')


def _eight_bits(image: Image.Image) -> Image.Image:
    """A grey image of more than 8 bits, mode L; Pillow would clip it."""
    values = np.asarray(image)
    grey = _scale_to_bytes(values, image)
    if 'transparency' in image.info:
        grey[values == image.info['transparency']] = 255
    return Image.fromarray(grey)


def _scale_to_bytes(values: np.ndarray, image: Image.Image) -> np.ndarray:
    """Grey values of 16 bits by their type, others by the range they fill."""
    mode = image.mode
    if mode.startswith('I;16') or (mode, image.format) in (('I', 'PNG'),
                                                           ('I', 'PPM')):
        # The upper byte, as Pillow takes of 16-bit colour. Format: before
        # version 11 Pillow had mode I for them.
        return (values >> 8).astype(np.uint8)
    for low, high, least, scale in RANGES[mode]:
        if low <= values.min() and least <= values.max() <= high:
            return (values * scale).clip(0, 255).astype(np.uint8)
    raise ValueError(
        f'its values, {values.min():g} to {values.max():g}, are neither in '
        f'{"0..1 nor in 0..255" if mode == "F" else "0..255 nor in 0..65535"};'
        ' save it with 8 or 16 bits')
