# Copyright (c) mmhoi contributors.
"""The files of requests: in one private folder, few, for a limited time."""
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Collection, List, NamedTuple, Union

#: Files at a time, those of the page's own examples not counted.
MOST_FILES = 2000


class StoredFile(NamedTuple):
    """A file in the folder.

    Attributes:
        changed (float): When, seconds since 1970.
        path (str): Where.
        num_bytes (int): Its size.
    """
    changed: float
    path: str
    num_bytes: int


class RequestFolder:
    """A private folder in which no file of a request stays for long.

    As a context manager it makes the folder, readable by its owner only, and
    removes it with all that is in it at the end.

    Args:
        keep_seconds (float): Age at which files are removed.
        max_bytes (int): Size of all files; the oldest make room for new ones.
            Defaults to 1e9.

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

    def __init__(self,
                 keep_seconds: float,
                 max_bytes: int = 1_000_000_000) -> None:
        self.keep_seconds = keep_seconds
        self.max_bytes = max_bytes
        self._folder = tempfile.TemporaryDirectory(
            prefix='mmhoi_web_', ignore_cleanup_errors=True)
        # Without links, as `has` compares it.
        self.path = os.path.realpath(self._folder.name)
        self._kept: Collection[str] = ()
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
        self._kept = {file.path for file in list_files(self.path)}
        self._thread.start()

    def has(self, path: str) -> bool:
        """Whether a file lies in the folder, links and dots followed.

        Args:
            path (str): Any path.

        Returns:
            bool: False also if there is no such file.
        """
        try:
            path = os.path.realpath(path)
            return path.startswith(self.path + os.sep) and os.path.isfile(path)
        except (OSError, ValueError):
            return False

    def make_room(self, num_bytes: int) -> None:
        """Remove the oldest files if it would be too many, or too much.

        Args:
            num_bytes (int): Size of a file that is to come.
        """
        files = [x for x in list_files(self.path) if x.path not in self._kept]
        too_many = len(files) + 1 - MOST_FILES
        too_much = sum(x.num_bytes for x in files) + num_bytes - self.max_bytes
        for file in sorted(files):
            if too_many <= 0 and too_much <= 0:
                break
            _remove(file.path)
            too_many -= 1
            too_much -= file.num_bytes

    def _sweep(self) -> None:
        # Often enough that "removed after" is true within a tenth.
        while not self._end.wait(min(self.keep_seconds / 10, 60)):
            remove_old_files(self.path, self.keep_seconds, self._kept)
            self.make_room(0)


def list_files(folder: Union[str, Path]) -> List[StoredFile]:
    """The files below a folder.

    Args:
        folder (str | Path): The folder.

    Returns:
        list[StoredFile]: They, in any order; links are not followed.
    """
    files = []
    # `walk` passes over folders that go meanwhile.
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                continue
            files.append(StoredFile(status.st_mtime, path, status.st_size))
    return files


def remove_old_files(folder: Union[str, Path],
                     keep_seconds: float,
                     kept: Collection[str] = ()) -> None:
    """Remove what has reached an age below a folder.

    Args:
        folder (str | Path): The folder.
        keep_seconds (float): The age, since the last change.
        kept (Collection[str]): Files that stay. Defaults to none.
    """
    oldest = time.time() - keep_seconds
    for file in list_files(folder):
        if file.path not in kept and file.changed < oldest:
            _remove(file.path)
    # Each file had a folder of its own, which is empty now.
    for parent, _, _ in os.walk(folder, topdown=False):
        try:
            if parent != str(folder) and os.stat(parent).st_mtime < oldest:
                os.rmdir(parent)
        except OSError:
            continue


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    # Whoever made it may have removed it in the meantime.
    except FileNotFoundError:
        pass
