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

from mmhoi.utils.process_memory import peak_memory_mb, reset_peak_memory

#: The first call also allocates what the later ones use again. A case whose
#: calls are processes has its own `PEAK_CALLS`.
CALLS = 3


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('name', choices=list_cases())
    parser.add_argument('side', choices=SIDES)
    parser.add_argument('folder', type=Path, help='folder with the weights')
    args = parser.parse_args()
    case = load_case(args.name)
    call = case.make(args.side, args.folder)
    gc.collect()
    reset_peak_memory()
    for _ in range(getattr(case, 'PEAK_CALLS', CALLS)):
        call()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f'{max(peak_memory_mb(), children):.1f}')


if __name__ == '__main__':
    main()
