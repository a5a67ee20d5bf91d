# Copyright (c) mmhoi contributors.
"""What may be sent to a web page, checked before anything is decoded."""
import io
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple, Union

from PIL import Image

from .image_steps import JPEG, PNG, takes_too_long

#: Pillow's names of the accepted formats, with their file name endings.
FORMATS = {
    'JPEG': ('.jpg', '.jpeg'),
    'PNG': ('.png', ),
    'WEBP': ('.webp', ),
    'BMP': ('.bmp', )
}
# How they begin. MPO is a JPEG with further images, as some cameras write.
_BEGINNINGS = (JPEG, PNG, b'RIFF', b'BM')
_OPENED_AS = (*FORMATS, 'MPO')
#: From here on Pillow itself refuses or warns.
MOST_PIXELS = Image.MAX_IMAGE_PIXELS


class UploadError(ValueError):
    """Something sent cannot be used; the message is for the sender."""


@dataclass(frozen=True)
class UploadLimits:
    """How large things sent to the page may be.

    Attributes:
        max_mb (float): Size of an image file, in units of 10^6 bytes.
        max_pixels (int): Width times height of an image.
        max_prompts (int): Number of own interactions.
        max_prompt_chars (int): Characters of each of them.
    """
    max_mb: float = 10
    max_pixels: int = 25_000_000
    max_prompts: int = 100
    max_prompt_chars: int = 100

    def __post_init__(self) -> None:
        if self.max_mb <= 0:
            raise ValueError(f'max_mb={self.max_mb} must be more than 0')
        if not 1 <= self.max_pixels <= MOST_PIXELS:
            raise ValueError(f'max_pixels={self.max_pixels} must be in '
                             f'1..{MOST_PIXELS}')

    @property
    def max_bytes(self) -> int:
        """int: Size of an image file in bytes."""
        return int(self.max_mb * 1e6)


def read_upload(path: Union[str, Path], limits: UploadLimits) -> bytes:
    """Read an image file and check it; no pixel is decoded.

    A small file can claim any number of pixels (a decompression bomb), and
    its name can claim any format.

    Args:
        path (str | Path): The file.
        limits (UploadLimits): What is allowed.

    Returns:
        bytes: What was checked; the file itself may go at any time.

    Raises:
        UploadError: If it is not there, too large, or no image of `FORMATS`.
    """
    try:
        with open(path, 'rb') as file:
            content = file.read(limits.max_bytes + 1)
    # Where the server keeps it is nobody's business.
    except (OSError, ValueError) as error:
        raise UploadError(
            'The image is no longer there; send it again.') from error
    if not content:
        raise UploadError('The file is empty (0 bytes).')
    if len(content) > limits.max_bytes:
        raise UploadError(f'The file is larger than {limits.max_mb:g} MB.')
    if takes_too_long(content):
        raise UploadError('The file has more parts than a picture has; save '
                          'it anew with another program.')
    if _num_pixels(content) > limits.max_pixels:
        raise UploadError(
            f'The image has more than {limits.max_pixels / 1e6:g} million '
            'pixels; make it smaller.')
    return content


def _num_pixels(content: bytes) -> float:
    """Width times height as the header says, `inf` if Pillow refuses it."""
    try:
        if not content.startswith(_BEGINNINGS):
            raise ValueError
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            warnings.simplefilter('error', Image.DecompressionBombWarning)
            # Any format, as when it is decoded: a file can be of two formats
            # and have another size in each.
            with Image.open(io.BytesIO(content)) as image:
                if image.format not in _OPENED_AS:
                    raise ValueError
                return image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return float('inf')
    # Damaged headers raise many things; to the sender all mean the same.
    except Exception as error:
        raise UploadError(
            'The file is not an image that can be read; accepted '
            f'are {", ".join(FORMATS)}.') from error


def parse_prompts(text: str, limits: UploadLimits) -> Tuple[str, ...]:
    """Split what was typed into own interactions, one per line.

    Args:
        text (str): Lines; empty and repeated ones do not count.
        limits (UploadLimits): What is allowed.

    Returns:
        tuple[str]: The interactions in the given order.

    Raises:
        UploadError: If there are too many, one is too long, or one has a
            character that is none.

    Examples:
        >>> parse_prompts(' ride horse \\n\\nfeed cow\\nride  horse',
        ...               UploadLimits())
        ('ride horse', 'feed cow')
    """
    lines = [' '.join(line.split()) for line in text.splitlines()]
    prompts = tuple(dict.fromkeys(filter(None, lines)))
    if len(prompts) > limits.max_prompts:
        raise UploadError(f'{len(prompts)} own interactions are too many; '
                          f'at most {limits.max_prompts} are accepted.')
    longest = max(prompts, key=len, default='')
    if len(longest) > limits.max_prompt_chars:
        raise UploadError(
            f'The own interaction "{longest[:30]}..." has {len(longest)} '
            f'characters; at most {limits.max_prompt_chars} are accepted.')
    for prompt in prompts:
        # Control characters, halves of characters.
        if any(unicodedata.category(x) in ('Cc', 'Cs') for x in prompt):
            raise UploadError(f'The own interaction {ascii(prompt[:30])} has '
                              'a character that cannot be shown.')
    return prompts
