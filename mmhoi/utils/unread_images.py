# Copyright (c) mmhoi contributors.
from typing import Iterable

from .listing import shortened
from .setup_error import SetupError


def refuse_unread(unread: Iterable[str], total: int) -> None:
    """End a tool with an error if it has read less than there is.

    To be called when all that could be done is written.

    Args:
        unread (Iterable[str]): Paths of images that could not be read.
        total (int): Number of images of the data set.

    Raises:
        SetupError: If there is one.

    Examples:
        >>> refuse_unread([], 3)
        >>> refuse_unread(['b.jpg', 'a.jpg', 'a.jpg'], 3)
        Traceback (most recent call last):
        ...
        mmhoi.utils.setup_error.SetupError: 2 of 3 images could not be read \
(a.jpg, b.jpg), all else is done; restore these files and run it again
    """
    paths = sorted(set(unread))
    if paths:
        raise SetupError(
            f'{len(paths)} of {total} images could not be read '
            f'({shortened(paths)}), all else is done; restore these files and '
            'run it again')
