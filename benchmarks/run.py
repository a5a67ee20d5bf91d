# Copyright (c) mmhoi contributors.
"""Measure mmhoi against a plain reference, in one run.

Both sides of a benchmark take turns in one process, its own; peak memory is
that of a process with one side only. See the README beside this file.
"""
import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from measuring import CLOCKS, list_cases, load_case, measure_alone

from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.text_files import write_json

COLUMNS = ('name', 'ours', 'reference', 'ratio', 'ours MB', 'reference MB',
           'difference')


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        '--only',
        nargs='+',
        choices=list_cases(),
        metavar='NAME',
        help='benchmarks to run (default: all, see --list)')
    parser.add_argument(
        '--repeat',
        type=int,
        default=5,
        help='timings of each side; their median counts (default: 5)')
    parser.add_argument(
        '--clock',
        choices=list(CLOCKS),
        default='wall',
        help='wall: what a user waits (default); cpu: processor time, for a '
        'busy machine, with OMP_WAIT_POLICY=PASSIVE in the environment')
    parser.add_argument(
        '--work-dir',
        type=Path,
        help='folder that keeps the random weights for the next run '
        '(default: a temporary one)')
    parser.add_argument('--json', type=Path, help='file for the results')
    parser.add_argument(
        '--list', action='store_true', help='list the benchmarks and exit')
    add_overwrite_argument(parser)
    args = parser.parse_args()
    if args.repeat < 1:
        parser.error(f'--repeat {args.repeat}: at least 1 timing is needed')
    return args


def show(result):
    """One line of the table, and images per second where calls have some."""
    difference = result['max_abs_diff']
    difference = '-' if difference is None else f'{difference:.1e}'
    print(
        f'{result["name"]:22} {result["ours_s"]:10.4f} '
        f'{result["reference_s"]:10.4f} {result["ratio"]:7.2f} '
        f'{result["ours_peak_mb"]:10.0f} {result["reference_peak_mb"]:12.0f} '
        f'{difference:>11}',
        flush=True)
    images = getattr(load_case(result['name']), 'IMAGES', None)
    if images:
        print(f'{"":22} {images / result["ours_s"]:10.1f} '
              f'{images / result["reference_s"]:10.1f} images/s')


def run_all(names, repeat, clock, folder):
    """Results of all that succeed, and the names of those that fail."""
    results, failed = [], []
    print('{:22} {:>10} {:>10} {:>7} {:>10} {:>12} {:>11}'.format(*COLUMNS))
    for i, name in enumerate(names):
        start = time.perf_counter()
        print(f'[{i + 1}/{len(names)}] {name} ...', file=sys.stderr)
        try:
            result = measure_alone(name, folder, repeat, clock)
        except Exception:
            traceback.print_exc()
            failed.append(name)
            continue
        results.append(result)
        print(f'... {time.perf_counter() - start:.0f} s', file=sys.stderr)
        show(result)
    return results, failed


def main():
    args = parse_args()
    if args.list:
        for name in list_cases():
            text = Path(__file__).parent / 'cases' / f'{name}.py'
            print(f'{name:22} {text.read_text("utf-8").split(chr(34) * 3)[1]}')
        return
    check_outputs(args, '--json')
    with tempfile.TemporaryDirectory() as folder:
        folder = args.work_dir or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        names = args.only or list_cases()
        results, failed = run_all(names, args.repeat, args.clock, folder)
    if args.json:
        write_json(args.json, results, indent=2)
    if failed:
        sys.exit(f'failed: {", ".join(failed)}')


if __name__ == '__main__':
    main()
