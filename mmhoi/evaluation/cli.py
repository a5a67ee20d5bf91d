# Copyright (c) mmhoi contributors.
"""The command line of the evaluation, `python -m mmhoi.evaluation`."""
import argparse
import sys
import warnings
from pathlib import Path
from typing import Optional, Sequence

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.setup_error import SetupError
from . import hico_command, swig_command, vcoco_command
from .prediction_io.format_lookup import find_format
from .prediction_io.official_mat import mat_files
from .prediction_io.vcoco_formats import VCOCO_FORMATS
from .report_output import draw_plot, format_tables, write_csv, write_json

PICTURES = ('.png', '.jpg', '.pdf', '.svg')
COMMANDS = {'hico': hico_command, 'vcoco': vcoco_command, 'swig': swig_command}
EPILOG = """\
examples:
  %(prog)s predictions.pkl --dataset hico --ann test_hico.json
  %(prog)s predictions.jsonl --dataset hico --ann test_hico.json \\
      --split rf_uc --per-class classes.csv --plot classes.png --json all.json
  %(prog)s predictions.npz --dataset hico --ann test_hico.json \\
      --convert mat/

exit status: 0 done, 1 a file cannot be evaluated, 2 wrong arguments.
Warnings and progress go to standard error.
Formats and protocols: docs/en/user_guides/evaluation.md
"""


def build_parser() -> argparse.ArgumentParser:
    """Make the parser with the arguments of all data sets.

    Returns:
        argparse.ArgumentParser: The parser.
    """
    parser = argparse.ArgumentParser(
        prog='python -m mmhoi.evaluation',
        description='Evaluate the predictions of any HOI detector by the '
        'official protocol of the data set, or convert them. Needs neither '
        'a GPU nor a model.',
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'predictions', metavar='PRED', help='file or folder of predictions')
    parser.add_argument(
        '--dataset', required=True, choices=COMMANDS, help='the data set')
    parser.add_argument(
        '--ann',
        metavar='FILE',
        help='annotation; its images are the ones that count')
    parser.add_argument(
        '--protocol',
        default='official',
        help='hico: official, hoiclip, qpic (what those repositories print); '
        'vcoco: official, hoia; swig: official; default: %(default)s')
    parser.add_argument(
        '--split',
        metavar='NAME',
        help='zero-shot split of hico whose unseen and seen classes are '
        'reported: uc0..uc4, rf_uc, nf_uc, uo, uv, ua, fcl')
    parser.add_argument(
        '--det-origin',
        type=int,
        choices=(0, 1),
        default=0,
        help='number of the first pixel column in PRED; default: %(default)s')
    parser.add_argument(
        '--ann-origin',
        type=int,
        choices=(0, 1),
        help='the same in the annotation; default: that of the official '
        'files, 1 for hico and 0 otherwise')
    parser.add_argument(
        '--format',
        help='format of PRED, if its ending does not tell it; hico: '
        f'{", ".join(hico_command.PAIR_FORMATS)}, the same without mat for '
        'swig; vcoco: '
        f'{", ".join(VCOCO_FORMATS)}')
    outputs = parser.add_argument_group('what to write')
    outputs.add_argument(
        '--json', metavar='OUT', help='all figures, as fractions of 1')
    outputs.add_argument(
        '--per-class', metavar='OUT', help='CSV with a line for each class')
    outputs.add_argument(
        '--plot',
        metavar='OUT',
        help='picture (.png, .jpg, .pdf, .svg) of AP against training count')
    outputs.add_argument(
        '--convert',
        metavar='OUT',
        help='PRED in another format, which the ending of OUT tells; a folder '
        'for the official MATLAB files of hico. Without --ann it is the only '
        'thing that is done')
    add_overwrite_argument(outputs)
    for command in COMMANDS.values():
        command.add_arguments(parser)
    return parser


@one_line_errors
def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the command line.

    Args:
        argv (Sequence[str], optional): Arguments. Defaults to None: those of
            the process.

    Returns:
        int: Exit status.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.ann is None and (args.convert is None or args.json
                             or args.per_class or args.plot):
        parser.error('--ann is needed; only --convert can do without')
    _refuse_other_options(parser, args)
    with warnings.catch_warnings():
        warnings.simplefilter('always')
        warnings.showwarning = _print_warning
        _run(args)
    return 0


def _refuse_other_options(parser: argparse.ArgumentParser,
                          args: argparse.Namespace) -> None:
    """Exit if an option of another data set is given."""
    for dataset, command in COMMANDS.items():
        if dataset == args.dataset:
            continue
        other = argparse.ArgumentParser(add_help=False)
        command.add_arguments(other)
        for name, default in vars(other.parse_args([])).items():
            if getattr(args, name) != default:
                parser.error(f'--{name.replace("_", "-")} goes with --dataset '
                             f'{dataset}, not with {args.dataset}')


def _run(args: argparse.Namespace) -> None:
    """Evaluate and write what was asked for."""
    _check_outputs(args)
    _check_inputs(args)
    report = COMMANDS[args.dataset].evaluate(args)
    print(format_tables(report))
    problems = []
    for path, write in ((args.json, write_json), (args.per_class, write_csv),
                        (args.plot, draw_plot)):
        try:
            if path:
                write(report, path)
        except OSError as error:
            # The others go on: to evaluate again takes longer.
            problems.append(f'{path} is not written: {error}')
    if problems:
        raise OSError('; '.join(problems))


def _check_outputs(args: argparse.Namespace) -> None:
    """Raise SetupError if a file would be replaced."""
    options, beside = ['--json', '--per-class', '--plot'], {}
    convert = args.convert and Path(args.convert)
    if convert and (convert.is_dir() or not convert.suffix):
        beside = {
            f'in --convert, {path.name},': path
            for path in mat_files(convert)
        }
    else:
        options.append('--convert')
    check_outputs(args, *options, beside=beside)


def _check_inputs(args: argparse.Namespace) -> None:
    """Refuse what is missing before anything is read, which takes a while."""
    if args.plot and Path(args.plot).suffix not in PICTURES:
        raise SetupError(f'--plot {args.plot}: the name must end in '
                         f'{", ".join(PICTURES)}')
    named = [('PRED', args.predictions), ('--ann', args.ann)]
    named += [('--instances', path) for path in args.instances]
    for option, path in named:
        if path is not None and not Path(path).exists():
            raise FileNotFoundError(
                f'{option} {path} does not exist; '
                'docs/en/user_guides/dataset_prepare.md tells where the files '
                'of the data sets come from')
    formats = VCOCO_FORMATS if args.dataset == 'vcoco' else \
        hico_command.PAIR_FORMATS
    find_format(args.predictions, formats, args.format)


def _print_warning(message: Warning, *_: object) -> None:
    """A warning without the line of code that it comes from."""
    print(f'warning: {message}', file=sys.stderr)
