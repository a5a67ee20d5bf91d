# Copyright (c) mmhoi contributors.
"""A limit to the memory that reading a file may take."""
import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

try:
    import resource
except ImportError:  # not on Windows
    resource = None

STATM = Path('/proc/self/statm')
# A number takes 2 bytes in a pickle and 32 as a Python object in a list; the
# rest is for temporary copies.
BYTES_PER_FILE_BYTE = 64
SLACK = 2**30
_LOCK = threading.RLock()


def allowed_bytes(file_size: int) -> int:
    """How much memory the content of a file may take.

    Args:
        file_size (int): Its size in bytes.

    Returns:
        int: Bytes.

    Examples:
        >>> allowed_bytes(0) == 2**30
        True
    """
    return SLACK + BYTES_PER_FILE_BYTE * file_size


@contextmanager
def memory_limit(file_size: int) -> Iterator[None]:
    """Make reading fail with MemoryError rather than fill the machine.

    A few malformed bytes can ask for gigabytes: a memo index of a pickle, the
    shape of an array, a compressed run of zeros. Where the system does not
    tell the memory in use (other than Linux), there is no limit.

    Args:
        file_size (int): Size of the file in bytes; the limit is in proportion
            to it.

    Yields:
        None: Inside the block the limit holds.
    """
    if resource is None or not STATM.exists():
        yield
        return
    # The limit belongs to all threads.
    with _LOCK, _limited(allowed_bytes(file_size)):
        yield


@contextmanager
def _limited(num_bytes: int) -> Iterator[None]:
    """Let the process take so many more bytes."""
    in_use = int(
        STATM.read_text('ascii').split()[0]) * os.sysconf('SC_PAGE_SIZE')
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit = in_use + num_bytes
    limit = min([limit] + [x for x in before if x != resource.RLIM_INFINITY])
    resource.setrlimit(resource.RLIMIT_AS, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
