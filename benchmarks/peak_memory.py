# Copyright (c) mmhoi contributors.
"""Print the peak memory of one side of a benchmark in megabytes.

`run.py` starts it as a process of its own. What building needs does not
count where Linux lets a process reset its peak.
"""
import argparse
import gc
import resource
from pathlib import Path

from measuring import SIDES, list_cases, load_case

#: The first call also allocates what the later ones use again.
CALLS = 3


def reset_peak():
    """Whether the kernel forgets the peak so far."""
    try:
        Path('/proc/self/clear_refs').write_text('5')
    except OSError:
        return False
    return True


def own_peak(was_reset):
    """Peak of this process since the reset, or ever; megabytes."""
    if not was_reset:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    status = Path('/proc/self/status').read_text()
    return int(status.split('VmHWM:')[1].split()[0]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('name', choices=list_cases())
    parser.add_argument('side', choices=SIDES)
    parser.add_argument('folder', type=Path, help='folder with the weights')
    args = parser.parse_args()
    call = load_case(args.name).make(args.side, args.folder)
    gc.collect()
    was_reset = reset_peak()
    for _ in range(CALLS):
        call()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f'{max(own_peak(was_reset), children):.1f}')


if __name__ == '__main__':
    main()
