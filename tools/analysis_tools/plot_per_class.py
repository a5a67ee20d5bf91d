# Copyright (c) mmhoi contributors.
"""Draw AP of each class against how often it occurs, for one or two runs."""
import argparse
import sys
from pathlib import Path
from typing import List, Sequence

from terminaltables import AsciiTable

from mmhoi.evaluation.class_plot import draw_class_results
from mmhoi.evaluation.class_results import (ClassResults, count_groups,
                                            join_results, mean_of_known,
                                            read_class_csv,
                                            write_class_results)
from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.utf8 import use_utf8

PICTURES = ('.png', '.jpg', '.pdf', '.svg')
_EPILOG = """\
The files are those of `python -m mmhoi.evaluation ... --per-class FILE.csv`.
With two runs, a second panel has what the second gains on the first. Steps are
means of classes that occur about equally often (1..9, 10..99, ... times); the
dashed line marks the 10 training interactions below which a class is rare.

The numbers are written beside the picture as CSV: class, count, result of each
run and, with two, the difference.

examples:
  python tools/analysis_tools/plot_per_class.py hoiclip.csv --out hoiclip.png
  python tools/analysis_tools/plot_per_class.py gen_vlkt.csv hoiclip.csv \\
      --names GEN-VLKT HOICLIP --out gain.png
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'runs', metavar='RUN', nargs='+', help='CSV of a run; one or two')
    parser.add_argument(
        '--out',
        required=True,
        metavar='OUT',
        help=f'picture to write ({", ".join(PICTURES)}); the CSV has the same '
        'name with .csv')
    parser.add_argument(
        '--names',
        nargs='+',
        metavar='NAME',
        help='what to call the runs; default: their file names, with '
        'folders if these are equal')
    parser.add_argument(
        '--count',
        metavar='COLUMN',
        help='column of the counts; default: num_train, otherwise num_gt')
    parser.add_argument(
        '--ap',
        metavar='COLUMN',
        help='column of the results; default: the first that begins with ap')
    add_overwrite_argument(parser)
    add_font_argument(parser)
    args = parser.parse_args(argv)
    if len(args.runs) > 2:
        parser.error(f'{len(args.runs)} runs; one or two can be drawn')
    args.names = args.names or _names(args.runs)
    if len(args.names) != len(args.runs):
        parser.error(f'--names has {len(args.names)} names for '
                     f'{len(args.runs)} runs')
    if Path(args.out).suffix not in PICTURES:
        parser.error(f'--out {args.out}: the name must end in '
                     f'{", ".join(PICTURES)}')
    return args


def _names(runs: Sequence[str]) -> List[str]:
    """Stems of the files, with their folders if stems are equal."""
    stems = [Path(run).stem for run in runs]
    if len(set(stems)) == len(stems):
        return stems
    return [str(Path(run).with_suffix('')) for run in runs]


def print_means(results: ClassResults) -> None:
    """Print the mean of all classes and of each group of them."""
    rows = [[results.axis_names[0], 'classes', *results.aps]]
    groups = count_groups(results.counts)
    for name, members in [('all', results.counts >= 0), *groups]:
        rows.append([
            name,
            members.sum(), *(f'{mean_of_known(aps[members]):.4f}'
                             for aps in results.aps.values())
        ])
    print(AsciiTable(rows).table)


def run(args: argparse.Namespace) -> None:
    """Read, draw and write."""
    table = Path(args.out).with_suffix('.csv')
    check_outputs(args, '--out', beside={'the CSV beside --out': table})
    # It takes a second to import.
    from mmhoi.utils.fonts import check_font
    check_font(args.font)
    first, *others = (read_class_csv(path, name, args.count, args.ap)
                      for path, name in zip(args.runs, args.names))
    results = join_results(first, *others) if others else first
    write_class_results(results, table)
    draw_class_results(results, args.out, args.font)
    print_means(results)
    print(f'written: {args.out} and {table}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    run(args)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
