# Copyright (c) mmhoi contributors.
"""Files that other processes see complete or not at all."""
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Write a file that takes its place at once, when it is complete.

    Args:
        path (Path): The file; its folder is made if it does not exist.

    Yields:
        Path: Where to write. If that fails, the file stays as it was.

    Raises:
        OSError: If the folder cannot be written to.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, 'new', 'a.txt')
        ...     with write_whole(path) as draft:
        ...         _ = draft.write_text('all')
        ...     path.read_text(), len(list(path.parent.iterdir()))
        ('all', 1)
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: several processes may write the same file.
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=path.name + '.', suffix='.unfinished')
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        # mkstemp's files are for the user alone.
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o666 & ~umask)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
