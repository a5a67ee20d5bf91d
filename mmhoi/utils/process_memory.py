# Copyright (c) mmhoi contributors.
import multiprocessing
import os
import resource
import sys
from pathlib import Path


def peak_memory_mb() -> float:
    """Most memory that this process has used, without its children.

    Returns:
        float: Resident memory since the start or, on Linux, since
        `reset_peak_memory`, MB (2^20 bytes).
    """
    status = Path('/proc/self/status')
    if status.exists():
        # The peak in getrusage can be that of the process that started this.
        return _kilobytes(status.read_text('utf-8'), 'VmHWM:') / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes.
    return peak / 2**20 if sys.platform == 'darwin' else peak / 2**10


def reset_peak_memory() -> None:
    """Have `peak_memory_mb` begin anew; does nothing where it cannot."""
    try:
        Path('/proc/self/clear_refs').write_text('5', 'ascii')
    except OSError:
        pass


def memory_of_processes_mb() -> float:
    """Memory that this process and its workers use now.

    Pages that processes share are counted once (Linux; elsewhere this is the
    peak of this process alone).

    Returns:
        float: MB (2^20 bytes).
    """
    pids = [os.getpid(), *(c.pid for c in multiprocessing.active_children())]
    if not Path('/proc/self/smaps_rollup').exists():
        return peak_memory_mb()
    return sum(map(_proportional_kb, pids)) / 2**10


def _proportional_kb(pid: int) -> int:
    """Proportional set size of a process, 0 if it has just ended."""
    try:
        return _kilobytes(
            Path(f'/proc/{pid}/smaps_rollup').read_text('ascii'), 'Pss:')
    except OSError:
        return 0


def _kilobytes(text: str, key: str) -> int:
    """The number after a key of a file of /proc."""
    return next(
        int(line.split()[1]) for line in text.splitlines()
        if line.startswith(key))
