# Copyright (c) mmhoi contributors.
"""Words of libraries on which no user of mmhoi can act."""
import contextlib
import io
import warnings
from typing import Iterator

from mmengine.fileio import file_client

#: What mmdet prints or warns of when it is imported without packages that
#: mmhoi never uses.
_NOISE = ('Could not import OneDL', 'faster_coco_eval is not installed')


@contextlib.contextmanager
def without_import_noise() -> Iterator[None]:
    """Import mmdet without its words on packages that mmhoi does not use.

    Whatever else is printed appears when the block ends.

    Examples:
        >>> with without_import_noise():
        ...     print('Could not import OneDL. Skipping OneDL datasets.')
        ...     print('else')
        else
    """
    printed = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
            for words in _NOISE:
                warnings.filterwarnings('ignore', message=words)
            yield
    finally:
        for line in printed.getvalue().splitlines():
            if not line.startswith(_NOISE):
                print(line)


def silence_file_client() -> None:
    """Leave out that a part is deprecated which mmengine's own hooks use."""
    file_client.print_log = lambda *args, **kwargs: None
