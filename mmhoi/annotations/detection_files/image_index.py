# Copyright (c) mmhoi contributors.
import re
from pathlib import PurePath
from typing import Dict, Iterator, Optional, Sequence, Union

from mmhoi.utils.image_sources import IMAGE_ENDINGS

ImageKey = Union[int, str]
AMBIGUOUS = -1


class ImageIndex:
    """Finds images by file names, with or without folders and endings, or ids.

    Args:
        keys (Sequence[int | str]): What a file calls each image: a number, or
            the name of its file.

    Raises:
        ValueError: If an image is named twice.

    Examples:
        >>> index = ImageIndex(['cam1/0001.jpg', 'cam2/0001.jpg', 'b', 7])
        >>> index.find('data/cam2/0001.png'), index.find('data/b.jpg')
        (1, 2)
        >>> index.find('COCO_val2014_000000000007.jpg'), index.find('c.jpg')
        (3, None)
    """

    def __init__(self, keys: Sequence[ImageKey]) -> None:
        self.ids: Dict[int, int] = {}
        self.names: Dict[str, int] = {}
        self.short_names: Dict[str, int] = {}
        for row, key in enumerate(keys):
            is_id = isinstance(key, int)
            exact = self.ids if is_id else self.names
            if exact.setdefault(key, row) != row:
                raise ValueError(f'image {key!r} is named twice')
            if not is_id:
                tails = set(_tails(key))
                for short in tails | {_stem(tail) for tail in tails}:
                    before = self.short_names.setdefault(short, row)
                    if before != row:
                        self.short_names[short] = AMBIGUOUS

    def find(self, path: str, img_id: Optional[int] = None) -> Optional[int]:
        """Find an image.

        Args:
            path (str): Its file.
            img_id (int, optional): Its number. Defaults to None: the one that
                its name ends with.

        Returns:
            int or None: Its place among the keys; None if it has none.

        Raises:
            ValueError: If several images may be meant.
        """
        for name in _tails(path):
            for names in (self.names, self.short_names):
                row = names.get(name, names.get(_stem(name)))
                if row == AMBIGUOUS:
                    raise ValueError(
                        f'several images are called like "{path}"; name them '
                        'with their folders and endings')
                if row is not None:
                    return row
        if img_id is None:
            digits = re.search(r'(\d+)$', PurePath(path).stem)
            img_id = int(digits.group(1)) if digits else None
        return self.ids.get(img_id)


def _tails(path: str) -> Iterator[str]:
    """The path without its first 0, 1, ... folders."""
    parts = PurePath(path).parts
    for start in range(len(parts)):
        yield '/'.join(parts[start:])


def _stem(name: str) -> str:
    """The name without the ending of an image, if it has one."""
    path = PurePath(name)
    known = path.suffix.lower() in IMAGE_ENDINGS
    return path.with_suffix('').as_posix() if known else path.as_posix()
