# Copyright (c) mmhoi contributors.
"""Feed malformed files to all readers.

    python tests/fuzz/fuzz_readers.py --seconds 600

Each case mutates a valid file, in its bytes or in its content, and reads it.
Reading must end in a result or in a ValueError, KeyError, FileNotFoundError or
ImageReadError with a message, within `TIME_LIMIT` seconds, without taking more
than `MEMORY_LIMIT` bytes and without making files. Files that make a reader do
anything else are kept.
"""
import argparse
import multiprocessing
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

from fuzz_files import READERS
from fuzz_mutations import mutate_bytes

from mmhoi.utils.image_decoding import ImageReadError

TIME_LIMIT = 10  # of processor time
MEMORY_LIMIT = 2**30
ALLOWED = (ValueError, KeyError, FileNotFoundError, ImageReadError)


def main():
    args = parse_args()
    for name in set(READERS) - set(args.only or READERS):
        del READERS[name]
    work = Path(tempfile.mkdtemp(prefix='fuzz_readers_'))
    counts, failures = Counter(), []
    seed, end = args.seed, time.time() + args.seconds
    while time.time() < end:
        # A process of its own, which a fault in a library may kill.
        queue = multiprocessing.SimpleQueue()
        process = multiprocessing.Process(
            target=run_cases, args=(work, seed, args.batch, end, queue))
        process.start()
        results = []
        while process.is_alive() or not queue.empty():
            if queue.empty():
                time.sleep(.05)
            else:
                results.append(queue.get())
        if process.exitcode != 0:
            name = reader_name(seed + len(results))
            results.append((name, f'exit status {process.exitcode}', ''))
        for offset, (name, outcome, text) in enumerate(results):
            counts[name, outcome] += 1
            if outcome not in ('read', 'refused'):
                failures.append((seed + offset, name, outcome, text))
        seed += max(1, len(results))
    report(counts, failures, work)
    sys.exit(bool(failures))


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument(
        '--only', nargs='+', choices=READERS, help='these readers alone')
    parser.add_argument('--seed', type=int, default=0, help='the first case')
    parser.add_argument(
        '--batch', type=int, default=2000, help='cases for each process')
    return parser.parse_args()


def report(counts, failures, work):
    """Print the number of cases and the failures; keep their files."""
    names = sorted({name for name, _ in counts})
    for name in names:
        print(
            f'{name:24}',
            ', '.join(f'{count} {outcome}'
                      for (other, outcome), count in sorted(counts.items())
                      if other == name))
    for seed, name, outcome, text in failures[:20]:
        print(f'FAILURE case {seed}: {name}: {outcome}\n{text}')
    print(f'{sum(counts.values())} cases, {len(failures)} failures'
          f'{f", files in {work}" if failures else ""}')
    if not failures:
        shutil.rmtree(work)


def run_cases(work, seed, num_cases, end, queue):
    """Run cases until their number or the time is reached."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in range(seed, seed + num_cases):
        if time.time() >= end:
            return
        queue.put(run_case(work, case))


def run_case(work, case):
    """Run one case.

    Args:
        work (Path): Folder for files.
        case (int): Number of the case, which decides all.

    Returns:
        tuple[str, str, str]: Name of the reader, outcome (`read`, `refused`
        or what went wrong) and a traceback.
    """
    rng = random.Random(case)
    name = reader_name(case)
    valid, folder = work / name, work / f'{name}_{case}'
    if not valid.exists():
        valid.mkdir()
        READERS[name].read(READERS[name].make(valid))
    shutil.copytree(valid, folder)
    path = next(folder.iterdir())
    mutate(READERS[name], path, rng)
    outcome, text = read_guarded(READERS[name].read, path)
    if outcome in ('read', 'refused'):
        shutil.rmtree(folder)
    return name, outcome, text


def reader_name(case):
    """The readers take turns."""
    return list(READERS)[case % len(READERS)]


def read_guarded(read, path):
    """Read with a time limit; outcome and traceback."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = set(path.parent.rglob('*'))
    # On a busy machine the clock would tell of others.
    handler = signal.signal(signal.SIGVTALRM, raise_timeout)
    signal.setitimer(signal.ITIMER_VIRTUAL, TIME_LIMIT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            read(path)
        outcome, text = 'read', ''
    except ALLOWED as error:
        outcome, text = 'refused', ''
        if not str(error).strip('\'" '):
            outcome, text = 'no message', traceback.format_exc()
    except BaseException as error:
        outcome, text = type(error).__name__, traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown * 1024 > MEMORY_LIMIT:
        outcome, text = 'memory', f'{grown} KiB'
    if set(path.parent.rglob('*')) != files:
        outcome, text = 'files', 'it has made or removed files'
    return outcome, text


def raise_timeout(*_):
    raise TimeoutError(f'not read within {TIME_LIMIT} s')


def mutate(reader, path, rng):
    """Change the file in its bytes, in its content or in both."""
    target = path
    if path.is_dir():
        target = rng.choice(sorted(path.iterdir()))
    if rng.random() < .6:
        reader.mutate_content(target, rng)
    if rng.random() < .5:
        content = bytearray(target.read_bytes())
        for _ in range(rng.choice((1, 1, 2, 5, 20))):
            mutate_bytes(content, rng)
        target.write_bytes(content)


if __name__ == '__main__':
    main()
