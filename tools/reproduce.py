# Copyright (c) mmhoi contributors.
"""Make the tables of papers again: with mini models or in full size."""
import argparse
import sys
from pathlib import Path
from typing import List, Optional

from mmengine.config import DictAction

from mmhoi.reproduction import Reproduction, Request, table_names
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.utf8 import use_utf8

ROOT = Path(__file__).resolve().parents[1]
_EPILOG = """\
OUT gets TABLE.md, TABLE.json and TABLE.png, a result of each run and seed in
TABLE/ and the work dirs in runs/. The same command goes on with what was
interrupted, and makes only what is missing. Exit status: 0 if all runs ended
well, 1 if some failed, 130 after Ctrl-C.

examples:
  python tools/reproduce.py low-data --seeds 0 1 2
  python tools/reproduce.py all --dry-run
  python tools/reproduce.py zero-shot --config-suffix r50_hico --gpus-per-run 2
"""


def parse_args(argv: Optional[List[str]] = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'table', metavar='TABLE', help=f'{", ".join(table_names())}, or all')
    parser.add_argument(
        '--out',
        type=Path,
        help='folder of the results (default: '
        'work_dirs/reproduce/<config suffix>)')
    parser.add_argument(
        '--seeds',
        type=int,
        nargs='+',
        default=[0],
        help='seeds of each run (default: 0)')
    parser.add_argument(
        '--config-suffix',
        default='mini_synhico',
        metavar='SUFFIX',
        help='which configs: mini_synhico (default), or r50_hico for HICO-DET')
    parser.add_argument('--rows', nargs='+', help='rows to make')
    parser.add_argument('--settings', nargs='+', help='settings to make')
    parser.add_argument(
        '--jobs',
        type=int,
        help='runs side by side (default: one on each GPU; one on a CPU)')
    parser.add_argument(
        '--gpus-per-run',
        type=int,
        default=1,
        metavar='GPUS',
        help='GPUs of each run; without GPUs, processes (default: 1)')
    parser.add_argument(
        '--rerun',
        action='store_true',
        help='make again what OUT has of another recipe or data set; work '
        'dirs are kept under another name')
    parser.add_argument(
        '--dry-run',
        action='store_true',
        help='print the runs with their commands, and do nothing')
    parser.add_argument(
        '--report-only',
        action='store_true',
        help='make the tables of the results that OUT has')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        default={},
        metavar='KEY=VALUE',
        help='settings of all runs, as for tools/train.py')
    args = parser.parse_args(argv)
    for seed in args.seeds:
        if seed < 0 or args.seeds.count(seed) > 1:
            parser.error(f'--seeds: {seed} is negative or given twice')
    for name in ('jobs', 'gpus_per_run'):
        value = getattr(args, name)
        if value is not None and value < 1:
            parser.error(f'--{name.replace("_", "-")} {value}: at least 1')
    if args.dry_run and args.report_only:
        parser.error('--dry-run and --report-only: give one of them')
    return args


@one_line_errors(interrupted='interrupted; the same command goes on')
def main(argv: Optional[List[str]] = None,
         trainer: Path = ROOT / 'tools' / 'train.py',
         tester: Path = ROOT / 'tools' / 'test.py') -> int:
    """Run the tool with what trains and tests; returns the exit status."""
    args = parse_args(argv)
    work = Reproduction(
        Request(
            table=args.table,
            out=args.out or Path('work_dirs', 'reproduce', args.config_suffix),
            repository=ROOT,
            trainer=trainer,
            tester=tester,
            seeds=args.seeds,
            form=args.config_suffix,
            rows=args.rows,
            settings=args.settings,
            options=args.cfg_options,
            jobs=args.jobs,
            per_run=args.gpus_per_run,
            rerun=args.rerun))
    if args.dry_run:
        work.show()
    elif args.report_only:
        work.report(only=True)
    else:
        return work.make()
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
