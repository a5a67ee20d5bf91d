# Copyright (c) mmhoi contributors.
"""The files of requests: in one private folder, for a limited time."""
import tempfile
import threading
import time
from pathlib import Path
from typing import Collection, Union


class RequestFolder:
    """A private folder in which no file of a request stays for long.

    As a context manager it makes the folder, readable by its owner only, and
    removes it with all that is in it at the end.

    Args:
        keep_seconds (float): Age at which files are removed.

    Attributes:
        path (str): The folder.

    Examples:
        >>> with RequestFolder(keep_seconds=600) as folder:
        ...     folder.start()
        ...     Path(folder.path).is_dir()
        True
        >>> Path(folder.path).is_dir()
        False
    """

    def __init__(self, keep_seconds: float) -> None:
        self.keep_seconds = keep_seconds
        self._folder = tempfile.TemporaryDirectory(
            prefix='mmhoi_web_', ignore_cleanup_errors=True)
        self.path = self._folder.name
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sweep, daemon=True)

    def __enter__(self) -> 'RequestFolder':
        return self

    def __exit__(self, *exc_info) -> None:
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()
        self._folder.cleanup()

    def start(self) -> None:
        """Begin to remove old files; those that are there by now stay."""
        self._kept = {p for p in Path(self.path).rglob('*') if p.is_file()}
        self._thread.start()

    def _sweep(self) -> None:
        # Often enough that "removed after" is true within a tenth.
        while not self._end.wait(min(self.keep_seconds / 10, 60)):
            remove_old_files(self.path, self.keep_seconds, self._kept)


def remove_old_files(folder: Union[str, Path],
                     keep_seconds: float,
                     kept: Collection[Path] = ()) -> None:
    """Remove the files below a folder that have reached an age.

    Args:
        folder (str | Path): The folder.
        keep_seconds (float): The age, since the last change.
        kept (Collection[Path]): Files that stay. Defaults to none.
    """
    oldest = time.time() - keep_seconds
    for path in Path(folder).rglob('*'):
        try:
            if (path not in kept and path.is_file()
                    and path.stat().st_mtime < oldest):
                path.unlink()
        # Whoever made it may have removed it in the meantime.
        except FileNotFoundError:
            continue
