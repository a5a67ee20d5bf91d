# Copyright (c) mmhoi contributors.
"""Names of the files that are made of images, no two of them the same.

Two names are the same if any file system may take them for one: whatever the
case of their letters, and however accents are encoded.
"""
import os
import os.path as osp
import re
from hashlib import sha1
from typing import Dict, List, Sequence
from unicodedata import normalize

#: Endings of pictures that OpenCV writes.
PICTURE_ENDINGS = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff')
# File systems allow 255 bytes; numbers and endings come after a stem.
MAX_STEM_BYTES = 220


class UniqueNames:
    """Changes names that are taken already.

    By stem: the predictions of a.jpg and a.png are both called a.json. The
    same names in the same order are changed in the same way.

    Examples:
        >>> names = UniqueNames()
        >>> [names.add(name) for name in ('a.jpg', 'b/a.jpg', 'A.png')]
        ['a.jpg', 'b/a.jpg', 'A_1.png']
    """

    def __init__(self) -> None:
        # The number that a stem gets when it comes the next time.
        self._taken: Dict[str, int] = {}

    def add(self, name: str) -> str:
        """Take a name.

        Args:
            name (str): Name of a file, with or without folders.

        Returns:
            str: The same, with a number if it was taken, and shortened if it
            is too long for a file system.
        """
        folder, name = osp.split(name)
        stem, ending = osp.splitext(name)
        stem = osp.join(folder, _shorten(stem))
        free, key = stem, _key(stem)
        while _key(free) in self._taken:
            free = f'{stem}_{self._taken[key]}'
            self._taken[key] += 1
        self._taken[_key(free)] = 1
        return free + ending


def picture_name(path: str) -> str:
    """Name of the picture that is drawn of an image.

    Args:
        path (str): Path or address of the image.

    Returns:
        str: Its name without folders, with an ending that can be written.

    Examples:
        >>> picture_name('who?/a.gif')
        'a.jpg'
        >>> picture_name('https://example.org/b.png?size=3')
        'b.png'
    """
    return _with_picture_ending(osp.basename(_plain_path(path)) or 'image')


def picture_names(paths: Sequence[str]) -> List[str]:
    """Names of the pictures of a collection, with the folders of the images.

    Args:
        paths (Sequence[str]): Path or address of each of N images.

    Returns:
        list[str]: N names, all different, relative to the folder that all
        images have in common.

    Examples:
        >>> picture_names(['/data/park/0.jpg', '/data/street/0.jpg'])
        ['park/0.jpg', 'street/0.jpg']
        >>> picture_names(['/data/park/0.jpg', '/data/park/0.gif'])
        ['0.jpg', '0_1.jpg']
    """
    plain = [_plain_path(path) for path in paths]
    root = osp.commonpath([osp.dirname(path) for path in plain] or ['/'])
    names = UniqueNames()
    return [
        names.add(_with_picture_ending(osp.relpath(path, root)))
        for path in plain
    ]


def _plain_path(path: str) -> str:
    """An absolute path; of an address, where it is on its host."""
    scheme, is_address, rest = path.partition('://')
    if not is_address:
        return osp.abspath(path)
    if scheme.lower() in ('http', 'https'):
        # Here a question mark is no part of a name.
        rest = re.split('[?#]', rest)[0]
    return osp.normpath(f'/{rest}')


def _with_picture_ending(name: str) -> str:
    stem, ending = osp.splitext(name)
    return stem + (ending if ending.lower() in PICTURE_ENDINGS else '.jpg')


def _shorten(stem: str) -> str:
    """A stem that is too long, cut off, with a hash of all of it."""
    content = os.fsencode(stem)
    if len(content) <= MAX_STEM_BYTES:
        return stem
    digest = sha1(content).hexdigest()[:8]
    start = content[:MAX_STEM_BYTES - len(digest) - 1]
    return f'{start.decode(errors="ignore")}~{digest}'


def _key(stem: str) -> str:
    """Equal for stems that may be one to a file system."""
    return normalize('NFC', normalize('NFC', stem).casefold())
