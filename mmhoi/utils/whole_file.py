# Copyright (c) mmhoi contributors.
"""Files that other processes see complete or not at all."""
import errno
import glob
import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

# A file name has at most 255 bytes; those of the draft are more than its own.
_KEPT_OF_NAME = 40
_SUFFIX = '.unfinished'
_YOUNG_SECONDS = 5
# What PyTorch and safetensors say, which raise no OSError of a full disk.
_FAILED = ('PytorchStreamWriter', 'inline_container', 'unexpected pos',
           'file write failed', 'I/O error', 'IoError')


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Write a file that takes its place at once, when it is complete.

    That holds for a power cut, too: the bytes are on the disk before the name
    is.

    Drafts of the same file that killed processes have left are removed.

    A symbolic link stays one: the file that it names is written. What is no
    file, such as `/dev/stdout`, is written to as it is.

    Args:
        path (Path): The file; its folder is made if it does not exist.

    Yields:
        Path: Where to write. If that fails, the file stays as it was.

    Raises:
        OSError: If the folder cannot be written to, the path is a folder, the
            file is write-protected, or the disk is full. It names the file.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, 'new', 'a.txt')
        ...     with write_whole(path) as draft:
        ...         _ = draft.write_text('all', encoding='utf-8')
        ...     path.read_bytes(), len(list(path.parent.iterdir()))
        (b'all', 1)
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, 'it is a folder', str(path))
    if path.exists() and not path.is_file():
        yield path
        return
    path = Path(os.path.realpath(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, 'it is write-protected', str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_dead_drafts(path)
    # A name of its own: several processes may write the same file.
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=_prefix(path), suffix=_SUFFIX)
    draft = Path(name)
    try:
        with os.fdopen(handle, 'rb'):
            _lock(handle)
            yield draft
        # mkstemp's files are for the user alone.
        umask = os.umask(0)
        os.umask(umask)
        draft.chmod(0o666 & ~umask)
        with draft.open('rb') as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except Exception as error:
        if isinstance(error, OSError):
            # The draft's name tells nobody anything.
            if error.errno is not None and error.filename in (None, name):
                raise OSError(error.errno, error.strerror,
                              str(path)) from error
        elif any(text in str(error) for text in _FAILED):
            reason = str(error).splitlines()[0]
            raise OSError(
                errno.ENOSPC,
                f'cannot be written, the disk may be full; {reason}',
                str(path)) from error
        raise
    finally:
        draft.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f'{path.name[:_KEPT_OF_NAME]}.'


def _remove_dead_drafts(path: Path) -> None:
    """Remove what processes that were killed have left of a file."""
    pattern = f'{glob.escape(_prefix(path))}*{_SUFFIX}'
    for draft in path.parent.glob(pattern):
        try:
            # Not one that another process has just made.
            if time.time() - draft.stat().st_mtime < _YOUNG_SECONDS:
                continue
            with draft.open('rb') as file:
                if _lock(file.fileno()):
                    draft.unlink()
        except OSError:
            # Gone meanwhile, or another user's.
            continue


def _lock(handle: int) -> bool:
    """Lock an open file as long as it is open; False if that fails.

    Unlike other locks, `flock` stays if the process closes the same file
    elsewhere.
    """
    try:
        # Not on Windows, and some network file systems have no locks.
        import fcntl
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True
