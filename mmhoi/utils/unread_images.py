# Copyright (c) mmhoi contributors.
import logging
from typing import Iterable

from mmengine.logging import print_log

from .listing import shortened


def tell_unread(unread: Iterable[str], total: int) -> None:
    """Say at the end what of a data set was skipped, as the config allows.

    Args:
        unread (Iterable[str]): Paths of images that could not be read.
        total (int): Number of images of the data set.

    Examples:
        >>> tell_unread([], 3)
    """
    paths = sorted(set(unread))
    if paths:
        print_log(
            f'{len(paths)} of {total} images could not be read and were '
            f'skipped (on_error="skip"): {shortened(paths)}',
            logger='current',
            level=logging.WARNING)
