#!/usr/bin/env python3
# Copyright (c) mmhoi contributors.
"""Try mmhoi with the packages that people have, one environment per row.

In each row a wheel of mmhoi, made from its source distribution, is installed
and used from another folder: import, a training of one epoch, its resume for
a second one, test, inference. Where mmhoi cannot work with the packages of a
row, every program must end with one line that says so.

A row whose interpreter or packages cannot be had here is not tried: a line
says so, and the exit status is that of the others (--strict: 1).
"""
import argparse
import json
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from environments import Base, NotToBeHad, build_wheel, make_row
from stack_steps import pip_check, refuse, use

ROOT = Path(__file__).resolve().parents[1]
UPSTREAM = ('mmengine==0.10.7', 'mmdet==3.3.0')


@dataclass(frozen=True)
class Row:
    """Packages that are installed together.

    Attributes:
        packages (tuple[str]): What is installed before mmhoi.
        base (Base): What lies below: interpreter, PyTorch, and what all need.
        with_onedl (bool): Whether mmhoi brings what it asks for: the onedl-
            packages. Else it is installed with `--no-deps`.
        without (tuple[str]): Packages of the base which the row has not.
        refused (str): Beginning of the line with which mmhoi ends, if it
            cannot work here.
        quick (bool): Whether CI runs the row.
    """
    packages: Tuple[str, ...] = ()
    base: Base = Base()
    with_onedl: bool = False
    without: Tuple[str, ...] = ()
    refused: str = ''
    quick: bool = False


OLDEST = Base('3.10', '2.6', '0.21')
ROWS: Dict[str, Row] = {
    'onedl':
    Row(with_onedl=True),
    'onedl-py3.10-torch2.6':
    Row(base=OLDEST, with_onedl=True),
    'onedl-py3.12-torch2.9':
    Row(base=Base('3.12', '2.9', '0.24'), with_onedl=True),
    'onedl-py3.13':
    Row(base=Base('3.13'), with_onedl=True),
    # No CUDA libraries: nothing may import it before the line is said.
    'onedl-torch2.4':
    Row(('--no-deps', 'torch==2.4.*'),
        with_onedl=True,
        without=('torch', ),
        refused='torch 2.4'),
    'upstream':
    Row((*UPSTREAM, 'mmcv-lite==2.1.0'), quick=True),
    'upstream-py3.10-torch2.6':
    Row((*UPSTREAM, 'mmcv-lite==2.1.0'), base=OLDEST),
    'upstream-py3.12-torch2.9':
    Row((*UPSTREAM, 'mmcv-lite==2.1.0'), base=Base('3.12', '2.9', '0.24')),
    'upstream-py3.13':
    Row((*UPSTREAM, 'mmcv-lite==2.1.0'), base=Base('3.13')),
    'upstream-mmcv2.2':
    Row((*UPSTREAM, 'mmcv-lite==2.2.0'),
        refused='mmdet 3.3.0 refuses mmcv-lite 2.2.0',
        quick=True),
    'onedl-mmdet-upstream-rest':
    Row(('mmengine==0.10.7', 'mmcv-lite==2.1.0', 'onedl-mmdetection')),
    'both':
    Row((*UPSTREAM, 'mmcv-lite==2.1.0'),
        with_onedl=True,
        refused='onedl-mmengine',
        quick=True),
}


@dataclass
class Result:
    """What became of a row.

    Attributes:
        outcome (str): works, says so, FAILED, or not tried.
        seconds (dict): Of each step.
        versions (dict): Of Python and of the packages that matter.
        notes (list[str]): What to know: the line, an error, what is missing.
    """
    row: str
    outcome: str = 'FAILED'
    seconds: Dict[str, float] = field(default_factory=dict)
    versions: Dict[str, str] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)


def parse_args(args: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog='rows: ' + ', '.join(ROWS))
    parser.add_argument(
        '--only',
        nargs='+',
        choices=ROWS,
        metavar='ROW',
        default=list(ROWS),
        help='the rows to try (default: all)')
    parser.add_argument(
        '--quick',
        action='store_true',
        help='only rows upon the environment of this interpreter, as in CI')
    parser.add_argument(
        '--keep',
        action='store_true',
        help='leave the environments, which another call uses again')
    parser.add_argument(
        '--folder',
        type=Path,
        default=ROOT / 'build' / 'matrix',
        help='where the environments lie: up to 8 GB at a time '
        '(default: build/matrix)')
    parser.add_argument(
        '--json',
        type=Path,
        metavar='FILE',
        help='write the results there, after each row')
    parser.add_argument(
        '--strict',
        action='store_true',
        help='exit status 1 also where a row is not tried')
    parsed = parser.parse_args(args)
    if parsed.quick:
        parsed.only = [name for name in parsed.only if ROWS[name].quick]
    # The rows of a base follow each other, so that one base lies there.
    bases = list(dict.fromkeys(row.base for row in ROWS.values()))
    parsed.only.sort(key=lambda name: bases.index(ROWS[name].base))
    return parsed


def try_row(name: str, wheel: Path, folder: Path) -> Result:
    """Set up a row and use mmhoi in it."""
    row, result = ROWS[name], Result(name)
    start = time.perf_counter()
    try:
        environment = make_row(folder / 'rows' / name, row, wheel)
        result.seconds['set up'] = time.perf_counter() - start
        result.versions = environment.versions()
        if row.refused:
            result.notes.append(refuse(environment, row.refused))
            result.outcome = 'says so'
        else:
            use(environment, result.seconds)
            result.notes += pip_check(environment, row.with_onedl)
            result.outcome = 'works'
    except NotToBeHad as error:
        result.outcome = 'not tried'
        result.notes.append(str(error))
    except RuntimeError as error:
        result.notes.append(str(error))
    return result


def print_table(results: List[Result]) -> None:
    """Print the results as a Markdown table."""
    steps = list(dict.fromkeys(step for r in results for step in r.seconds))
    print('| row | packages | outcome | ' + ' | '.join(steps) + ' |')
    print('| --- | --- | --- |' + ' ---: |' * len(steps))
    for result in results:
        packages = ', '.join(f'{k} {v}' for k, v in result.versions.items())
        seconds = ' | '.join(
            f'{result.seconds[step]:.1f} s' if step in result.seconds else '-'
            for step in steps)
        print(f'| {result.row} | {packages} | {result.outcome} | {seconds} |')
    for result in results:
        for note in result.notes:
            print(f'{result.row}: {note}')


def main() -> int:
    args = parse_args()
    args.folder = args.folder.resolve()
    args.folder.mkdir(parents=True, exist_ok=True)
    try:
        wheel = build_wheel(ROOT, args.folder / 'wheel')
    except NotToBeHad as error:
        print(f'matrix: no row is tried: {error}', file=sys.stderr)
        return int(args.strict)
    results = []
    for i, name in enumerate(args.only):
        print(f'matrix: {name} ...', file=sys.stderr, flush=True)
        results.append(try_row(name, wheel, args.folder))
        if args.json:
            args.json.write_text(
                json.dumps([vars(result) for result in results], indent=2))
        if not args.keep:
            shutil.rmtree(args.folder / 'rows' / name, ignore_errors=True)
            later = [ROWS[other].base for other in args.only[i + 1:]]
            if ROWS[name].base not in later:
                ROWS[name].base.remove(args.folder)
    print_table(results)
    bad = ('FAILED', 'not tried') if args.strict else ('FAILED', )
    return int(any(result.outcome in bad for result in results))


if __name__ == '__main__':
    sys.exit(main())
