# Copyright (c) mmhoi contributors.
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Iterator

_LEFT_OUT: ContextVar[bool] = ContextVar('weights_left_out', default=False)


@contextmanager
def without_weights() -> Iterator[None]:
    """Build models whose weights come later: no CLIP is loaded or run.

    The configs of the parts stay as they are, so that a part that needs CLIP
    later, for texts of the user's, finds the one that it was trained with.

    Examples:
        >>> with without_weights():
        ...     weights_are_left_out()
        True
        >>> weights_are_left_out()
        False
    """
    token = _LEFT_OUT.set(True)
    try:
        yield
    finally:
        _LEFT_OUT.reset(token)


def weights_are_left_out() -> bool:
    """Whether this is inside of :func:`without_weights`.

    Returns:
        bool: If so, memory is enough where weights would be.
    """
    return _LEFT_OUT.get()
