# Copyright (c) mmhoi contributors.
import os
from pathlib import Path

#: The share of processor time of a container, as "200000 100000".
QUOTA = Path('/sys/fs/cgroup/cpu.max')


def usable_cores() -> int:
    """Cores that this process may use, at least 1.

    A container or a scheduler often gives a process fewer than the machine
    has, which is what `os.cpu_count` tells.

    Examples:
        >>> 1 <= usable_cores() <= os.cpu_count()
        True
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        cores = os.cpu_count() or 1
    try:
        share, period = QUOTA.read_text('ascii').split()
        cores = min(cores, round(int(share) / int(period)))
    except (OSError, ValueError):
        pass  # no container, or one without a limit: "max"
    return max(cores, 1)
