# Copyright (c) mmhoi contributors.
"""Feed malformed files to all readers.

    python tests/fuzz/fuzz_readers.py --seconds 600 --only checkpoints

Each case mutates a valid file, in its bytes or in its content, and reads it.
Reading must end in a result or in an error of one of the types `ALLOWED` that
mmhoi itself has raised, with a message; within
`TIME_LIMIT` seconds, without taking more than `MEMORY_LIMIT` bytes and without
changing, making or removing files. Files that make a reader do anything else
are kept.
"""
import argparse
import logging
import multiprocessing
import os
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
from functools import lru_cache
from pathlib import Path

from fuzz_cache_files import CACHES
from fuzz_config_files import CONFIGS
from fuzz_files import ANNOTATIONS, DETECTIONS
from fuzz_input_files import IMAGES, OTHERS, ROOT
from fuzz_model_files import CHECKPOINTS
from fuzz_mutations import mutate_bytes

from mmhoi.setup_env import register_all_modules
from mmhoi.utils.image_decoding import ImageReadError
from mmhoi.utils.one_line_errors import _is_told

TIME_LIMIT = 10  # of processor time
HANG = 120  # seconds until a process that waits for something is ended
MEMORY_LIMIT = 2**30
ALLOWED = (ValueError, TypeError, KeyError, FileNotFoundError, ImageReadError)
GROUPS = dict(
    detections=DETECTIONS,
    annotations=ANNOTATIONS,
    checkpoints=CHECKPOINTS,
    caches=CACHES,
    configs=CONFIGS,
    images=IMAGES,
    others=OTHERS)
#: Name, and how to make, read and mutate a file.
READERS = {
    name: row
    for readers in GROUPS.values()
    for name, row in readers.items()
}


def main():
    args = parse_args()
    chosen = {y for x in args.only or GROUPS for y in GROUPS.get(x, [x])}
    for name in set(READERS) - chosen:
        del READERS[name]
    work = Path(tempfile.mkdtemp(prefix='fuzz_readers_'))
    counts, failures = Counter(), []
    seed, end = args.seed, time.time() + args.seconds
    while time.time() < end:
        results = run_batch(work, seed, args.batch, end)
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
        '--only',
        nargs='+',
        choices=[*GROUPS, *READERS],
        metavar='NAME',
        help=f'these readers alone, or groups: {", ".join(GROUPS)}')
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
    for seed, name, outcome, text in failures[:200]:
        print(f'FAILURE case {seed}: {name}: {outcome}\n{text}')
    print(f'{sum(counts.values())} cases, {len(failures)} failures'
          f'{f", files in {work}" if failures else ""}')
    if not failures:
        shutil.rmtree(work)


def run_batch(work, seed, num_cases, end):
    """Run cases in a process of its own, which a fault may end."""
    queue = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(
        target=run_cases, args=(work, seed, num_cases, end, queue))
    process.start()
    results, last = [], time.time()
    while process.is_alive() or not queue.empty():
        if not queue.empty():
            results.append(queue.get())
            last = time.time()
        elif time.time() > last + HANG:
            process.kill()
            process.join()
        else:
            time.sleep(.05)
    if process.exitcode != 0:
        name = reader_name(seed + len(results))
        results.append((name, f'exit status {process.exitcode}', ''))
    return results


def run_cases(work, seed, num_cases, end, queue):
    """Run cases until their number or the time is reached."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What readers log of damaged files is of no interest, nor is what C says.
    logging.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for case in range(seed, seed + num_cases):
        if time.time() >= end:
            return
        try:
            queue.put(run_case(work, case))
        except Exception:
            # A fault of this program, not of a reader.
            queue.put((reader_name(case), 'fuzzing', traceback.format_exc()))


def run_case(work, case):
    """Run one case.

    Args:
        work (Path): Folder for files.
        case (int): Number of the case, which decides all.

    Returns:
        tuple[str, str, str]: Name of the reader, outcome (`read`, `refused`
        or what went wrong) and a traceback.
    """
    register_all_modules()
    rng = random.Random(case)
    name = reader_name(case)
    _, read, mutate_content = READERS[name]
    path, folder = valid_path(work, name), work / f'{name}_{case}'
    shutil.copytree(work / name, folder)
    path = folder / path
    mutate(path, mutate_content, rng)
    outcome, text = read_guarded(read, path, folder)
    if outcome in ('read', 'refused'):
        shutil.rmtree(folder)
    return name, outcome, text


@lru_cache(None)
def valid_path(work, name):
    """Make the valid file of a reader; its path in its folder."""
    make, read, _ = READERS[name]
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = make(folder)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        read(path)
    return path.relative_to(folder)


def reader_name(case):
    """The readers take turns."""
    return list(READERS)[case % len(READERS)]


def read_guarded(read, path, folder):
    """Read with a time limit; outcome and traceback."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = contents(folder)
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
        if not _is_told(error, ROOT):
            outcome, text = 'of a library', traceback.format_exc()
        elif not str(error).strip('\'" '):
            outcome, text = 'no message', traceback.format_exc()
    except BaseException as error:
        outcome, text = type(error).__name__, traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown * 1024 > MEMORY_LIMIT:
        outcome, text = 'memory', f'{grown} KiB'
    if contents(folder) != files:
        outcome, text = 'files', 'it has changed, made or removed files'
    return outcome, text


def contents(folder):
    """All files below a folder with what they hold."""
    return {
        path: path.read_bytes()
        for path in folder.rglob('*') if path.is_file()
    }


def raise_timeout(*_):
    raise TimeoutError(f'not read within {TIME_LIMIT} s')


def mutate(path, mutate_content, rng):
    """Change the file in its bytes, in its content or in both."""
    target = path
    if path.is_dir():
        target = rng.choice(sorted(path.iterdir()))
    if rng.random() < .6:
        mutate_content(target, rng)
    if rng.random() < .5:
        content = bytearray(target.read_bytes())
        for _ in range(rng.choice((1, 1, 2, 5, 20))):
            mutate_bytes(content, rng)
        target.write_bytes(content)


if __name__ == '__main__':
    main()
