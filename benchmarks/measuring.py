# Copyright (c) mmhoi contributors.
"""Times of two callables in turn, and the peak memory of each alone."""
import importlib
import math
import multiprocessing
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Callable, Dict, List

ROOT = Path(__file__).parent
SIDES = 'ours', 'reference'
#: A shorter call is repeated until so many seconds have passed.
SHORTEST = 0.2


def list_cases() -> List[str]:
    """Names of the benchmarks: the files in `cases`."""
    return sorted(path.stem for path in (ROOT / 'cases').glob('[!_]*.py'))


def load_case(name: str) -> Any:
    """The module of a benchmark: `make(side, folder)` returns a callable
    that does the work once, `difference(ours, reference)` compares two."""
    return importlib.import_module(f'cases.{name}')


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    usages = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


CLOCKS = dict(wall=time.perf_counter, cpu=cpu_seconds)


def measure(name: str,
            folder: Path,
            repeat: int,
            clock: str = 'wall') -> Dict[str, Any]:
    """Run one benchmark.

    Args:
        name (str): One of `list_cases`.
        folder (Path): Of `save_weights`.
        repeat (int): Number of timings; their median counts.
        clock (str): `wall`, or `cpu` for the time of all processors together.
            Defaults to `wall`.

    Returns:
        dict: name, ours_s, reference_s (seconds of a call), ratio
        (reference_s / ours_s), ours_peak_mb, reference_peak_mb and
        max_abs_diff of the results, None where nothing can be compared.
    """
    case = load_case(name)
    calls = [case.make(side, folder) for side in SIDES]
    found = case.difference(*calls)
    ours, reference = time_in_turn(calls, repeat, CLOCKS[clock])
    del calls
    peaks = [peak_memory(name, side, folder) for side in SIDES]
    return dict(
        name=name,
        ours_s=ours,
        reference_s=reference,
        ratio=reference / ours,
        ours_peak_mb=peaks[0],
        reference_peak_mb=peaks[1],
        max_abs_diff=found)


def measure_alone(*args: Any) -> Dict[str, Any]:
    """`measure` in a new process.

    What ran before changes how a process gets its memory, and so its times.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context('spawn')) as pool:
        return pool.submit(measure, *args).result()


def time_in_turn(
        calls: List[Callable],
        repeat: int,
        clock: Callable[[], float] = time.perf_counter) -> List[float]:
    """Median seconds of each of some calls, which take turns.

    Args:
        calls (list[Callable]): What to time.
        repeat (int): Number of turns after a warm-up.
        clock (Callable): Tells seconds. Defaults to `time.perf_counter`.

    Returns:
        list[float]: Seconds of one call of each.

    Examples:
        >>> slow, fast = time_in_turn([lambda: time.sleep(.1), int], 3)
        >>> slow > fast
        True
    """
    counts = [
        math.ceil(SHORTEST / max(seconds(call, 1, clock), 1e-6))
        for call in calls
    ]
    times = [[
        seconds(call, count, clock) for call, count in zip(calls, counts)
    ] for _ in range(repeat)]
    return [statistics.median(column) for column in zip(*times)]


def seconds(call: Callable, count: int, clock: Callable[[], float]) -> float:
    """Seconds of a call, as mean of some in a row."""
    start = clock()
    for _ in range(count):
        call()
    return (clock() - start) / count


def peak_memory(name: str, side: str, folder: Path) -> float:
    """Peak memory of one side while it works, in a process of its own.

    Args:
        name (str): One of `list_cases`.
        side (str): `ours` or `reference`.
        folder (Path): Of `save_weights`.

    Returns:
        float: Megabytes (2**20 bytes), without the peaks of building.
    """
    command = [
        sys.executable,
        str(ROOT / 'peak_memory.py'), name, side,
        str(folder)
    ]
    done = subprocess.run(command, capture_output=True, encoding='utf-8')
    if done.returncode:
        raise RuntimeError(f'{" ".join(command[1:])} failed:\n{done.stderr}')
    return float(done.stdout.split()[-1])
