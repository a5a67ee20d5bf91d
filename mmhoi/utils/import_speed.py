# Copyright (c) mmhoi contributors.
import gc
from contextlib import contextmanager
from typing import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """Import large packages without searching them for garbage.

    What an import makes stays, yet Python's cyclic garbage collector goes
    through all of it again and again: over a quarter of the time that torch,
    mmdet and open_clip take to import. Inside the block it rests; then
    all that lives counts as old, so that the next search does not begin with
    it. A collector that the caller has switched off stays off.

    Examples:
        >>> with collector_paused():
        ...     import decimal
        ...     gc.isenabled()
        False
        >>> gc.isenabled()
        True
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # Moves everything to the oldest generation, unsearched.
            gc.freeze()
            gc.unfreeze()
        if was_enabled:
            gc.enable()
