# Copyright (c) mmhoi contributors.
"""Memory that threads share instead of each keeping its own."""
import ctypes

#: Of glibc's malloc.h.
_M_ARENA_MAX = -8
MOST_ARENAS = 2


def few_arenas() -> bool:
    """Limit the arenas of glibc, as the variable MALLOC_ARENA_MAX does.

    By default each thread of a server may get one, and keeps there what its
    largest request needed. To be called before threads are started.

    Returns:
        bool: Whether there is such a limit; other C libraries have none.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return mallopt(_M_ARENA_MAX, MOST_ARENAS) == 1
