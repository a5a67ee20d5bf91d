# Copyright (c) mmhoi contributors.
"""What threads and forked processes may do with one model."""
import os
import sys
import threading
from typing import Any, List, Tuple

from .setup_error import SetupError

_cv2_threads: List[int] = []


def _end_cv2_threads() -> None:
    """Have OpenCV end its threads while they are there to be ended."""
    if 'cv2' in sys.modules:
        cv2 = sys.modules['cv2']
        _cv2_threads.append(cv2.getNumThreads())
        cv2.setNumThreads(1)


def _restore_cv2_threads() -> None:
    if _cv2_threads:
        sys.modules['cv2'].setNumThreads(_cv2_threads.pop())


if hasattr(os, 'register_at_fork'):
    # In a forked process OpenCV waits for the threads of its parent.
    os.register_at_fork(
        before=_end_cv2_threads, after_in_parent=_restore_cv2_threads)


class OneAtATime:
    """Lets one thread at a time use something, in a `with` statement.

    A process that was forked has no threads of its parent: what waits for
    them would wait for ever. There the work is done in a single thread; where
    even that hangs, it is refused.

    Args:
        survives_fork (bool): Whether it works in a forked process, in a
            single thread. Defaults to True.

    Examples:
        >>> turn = OneAtATime()
        >>> with turn, turn:  # the same thread may enter again
        ...     print('mine')
        mine
    """

    def __init__(self, survives_fork: bool = True) -> None:
        self.survives_fork = survives_fork
        self._lock = threading.RLock()
        self._process = os.getpid()

    def __enter__(self) -> 'OneAtATime':
        self.check_process()
        self._lock.acquire()
        return self

    def __exit__(self, *_: Any) -> None:
        self._lock.release()

    def __reduce__(self) -> Tuple[type, tuple]:
        """A copy, also in another process, is used by nobody yet."""
        return type(self), (self.survives_fork, )

    def check_process(self) -> None:
        """Make sure that this process can do the work.

        Raises:
            SetupError: If it was forked and cannot.
        """
        if os.getpid() == self._process:
            return
        # Of a thread that was at work during the fork nobody gives it back.
        if not self.survives_fork or not self._lock.acquire(blocking=False):
            raise SetupError(
                'a model of the parent process cannot be used in a process '
                'that was forked of it; start processes with '
                'multiprocessing.get_context("spawn") and build an inferencer '
                'in each')
        self._lock.release()
        if 'torch' in sys.modules:
            sys.modules['torch'].set_num_threads(1)
        self._process = os.getpid()
