# Copyright (c) mmhoi contributors.
"""Draw the images of a low-data training set."""
import argparse
import sys
from typing import List

import numpy as np

from mmhoi.annotations import HOIAParser, sample_images
from mmhoi.annotations.hoia_validation import load_hoia
from mmhoi.annotations.hoia_writing import write_hoia
from mmhoi.annotations.long_tail import count_usable
from mmhoi.annotations.low_data import check_fraction
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import LabelSpace, load_label_space
from mmhoi.utils.file_hash import file_sha256
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
All images of ANN, also those without interaction, are put in an order that
depends on --seed and on their number only; the first ones are taken and
written in the order of ANN. So the 5 % of a seed are among its 15 %, and so
on. The data sets of mmhoi draw the same images themselves with
`fraction=0.05, fraction_seed=0`; this tool is for other programs.

How the field's files trainval_hico_5%.json ... were drawn is not documented.
Rare classes are here those of the complete training set at any fraction.

example:
  python tools/dataset_converters/sample_fraction.py \\
      trainval_hico.json trainval_hico_frac05.json --fraction 0.05
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ann', metavar='ANN', help='HOIA json of HICO-DET')
    parser.add_argument('out', metavar='OUT', help='file to write')
    parser.add_argument(
        '--fraction',
        type=float,
        required=True,
        help='share of the images in (0, 1], such as 0.05, 0.15, 0.25, 0.5')
    parser.add_argument(
        '--seed', type=int, default=0, help='seed (default: %(default)s)')
    add_overwrite_argument(parser)
    return parser.parse_args(argv)


def hoi_counts(records: List[dict], space: LabelSpace) -> np.ndarray:
    """Interactions of each HOI that training can use, shape (600, )."""
    parser = HOIAParser(space, bbox_origin=0, test_mode=False)
    return count_usable(records, parser)


def read_records(path: str, space: LabelSpace) -> List[dict]:
    """Entries of the file; what training cannot use of them is told."""
    usable = usable_records(load_hoia(path), space, path, test_mode=False)
    if usable.warning:
        print(f'warning: {usable.warning}', file=sys.stderr)
    return usable.records


def print_counts(before: np.ndarray, after: np.ndarray,
                 space: LabelSpace) -> None:
    """Print a row for each group of classes."""
    rare = np.zeros(len(space.hois), bool)
    rare[space.rare_hois] = True
    print(f'  {"classes":<10} {"number":>7} {"interactions":>13} {"kept":>8} '
          f'{"share":>7} {"without any":>12}')
    for name, group in (('all', rare | ~rare), ('rare', rare), ('non-rare',
                                                                ~rare)):
        total, kept = before[group].sum(), after[group].sum()
        share = f'{100 * kept / total:.2f} %' if total else '-'
        print(f'  {name:<10} {group.sum():>7} {total:>13} {kept:>8} '
              f'{share:>7} {(after[group] == 0).sum():>12}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    space = load_label_space('hico_det')
    check_outputs(args, 'OUT')
    check_fraction(args.fraction)
    records = read_records(args.ann, space)
    chosen = sample_images(len(records), args.fraction, args.seed)
    before = hoi_counts(records, space)
    sample = [records[i] for i in chosen]
    write_hoia(args.out, sample)
    print(f'{args.out}: {len(sample)} of {len(records)} images '
          f'(--fraction {args.fraction} --seed {args.seed})')
    print_counts(before, hoi_counts(sample, space), space)
    print('SHA-256')
    for path in (args.ann, args.out):
        print(f'{file_sha256(path)}  {path}')
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
