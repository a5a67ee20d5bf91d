# Copyright (c) mmhoi contributors.
"""Check our models against files with results of the official code."""
import argparse
import logging
import sys
import warnings
from pathlib import Path

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.utf8 import use_utf8

TESTS = Path(__file__).resolve().parents[2] / 'tests'
_EPILOG = """\
A golden file holds an official model's arguments, weights and inputs, and
what the official code computed from them. Everything is read from the file:
method, sizes, classes, zero-shot split. Also checked are files of 20 training
steps (the model file that they name must be beside them), of the training-free
enhancement, of verb extraction, and of pairs after flip, resize and crop.

Prints for each file what was compared, the number of values, the worst
difference and the tolerance: "abs", the largest absolute difference; "rel",
the norm of the difference divided by that of the official values; "equal",
the number of unequal values. Exit status: 0 if all is within tolerance, 1 if
something is not or could not be compared, 2 if a file cannot be checked at
all.

example:
  python tools/analysis_tools/check_golden.py hoiclip_tiny_hico.pt
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'files', metavar='FILE', nargs='+', help='golden file (.pt)')
    parser.add_argument(
        '--quiet',
        action='store_true',
        help='print only what is out of tolerance or was not compared')
    parser.add_argument(
        '--verb-embeddings',
        metavar='FILE',
        help='verb embeddings of an official model (its verb.pth), for files '
        'of full size that hold none')
    return parser.parse_args(argv)


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    # Random CLIP weights and the like are no news here.
    logging.disable(logging.WARNING)
    warnings.simplefilter('ignore')
    if not (TESTS / 'parity').is_dir():
        print(
            f'the comparisons are part of the repository\'s tests, but there '
            f'is no {TESTS / "parity"}; run this tool from a clone')
        return 2
    sys.path.insert(0, str(TESTS))
    from parity.check import check_golden
    status = 0
    for path in args.files:
        try:
            report = check_golden(path, args.verb_embeddings)
        except (KeyError, ValueError, FileNotFoundError) as error:
            print(f'{path}: CANNOT BE CHECKED: {error.args[0]}\n')
            status = 2
            continue
        except (AssertionError, AttributeError, IndexError, RuntimeError,
                TypeError) as error:
            print(f'{path}: CANNOT BE CHECKED: its fields do not fit each '
                  f'other: {type(error).__name__}: {error}\n')
            status = 2
            continue
        verdict = 'ok' if report.ok else 'FAILED'
        print(f'{path}: {verdict}, {len(report.rows)} comparisons\n'
              f'{report.table(args.quiet)}\n')
        if not report.ok:
            status = max(status, 1)
    return status


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
