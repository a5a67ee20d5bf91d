# Copyright (c) mmhoi contributors.
import signal
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def raised_by_sigterm(error: BaseException) -> Iterator[None]:
    """Let SIGTERM raise an error, so that open files are closed.

    Afterwards the handler is what it was: one that stays would also be that
    of processes which are forked later. For the main thread only.

    Args:
        error (BaseException): Such as `KeyboardInterrupt()`.

    Examples:
        >>> import signal
        >>> with raised_by_sigterm(ValueError('stopped')):
        ...     signal.raise_signal(signal.SIGTERM)
        Traceback (most recent call last):
        ValueError: stopped
    """

    def stop(*_):
        raise error

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
