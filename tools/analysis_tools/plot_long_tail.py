# Copyright (c) mmhoi contributors.
"""Draw how often each verb and each HOI of an annotation file occurs."""
import argparse
import sys
from pathlib import Path

from mmhoi.annotations import HOIAParser
from mmhoi.annotations.hoia_validation import load_hoia
from mmhoi.annotations.long_tail import (count_usable, draw_long_tail,
                                         long_tail, write_long_tail)
from mmhoi.annotations.record_formats import record_format
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import LABEL_SPACES, load_label_space
from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.progress import tqdm
from mmhoi.utils.utf8 import use_utf8

PICTURES = ('.png', '.jpg', '.pdf', '.svg')
_EPILOG = """\
Above the verbs, below the HOIs, the most frequent ones first, on a logarithmic
scale; a dashed line marks the number of interactions below which a class is
rare. The numbers are written beside the picture as CSV, with the columns kind
(verb or hoi), id, name, count and rare.

What training cannot use (unknown ids, empty boxes, ...) is not counted; a line
on standard error says how much that is.

examples:
  python tools/analysis_tools/plot_long_tail.py \\
      data/hico_20160224_det/annotations/trainval_hico.json long_tail.png \\
      --label-space hico_det
  python tools/analysis_tools/plot_long_tail.py trainval_vcoco.json \\
      vcoco.pdf --label-space vcoco
  python tools/analysis_tools/plot_long_tail.py train.json own.png \\
      --label-space my_classes.json
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'ann',
        metavar='ANN',
        help='annotation file (json) in HOIA format, with or without '
        'hoi_category_id, or of own data')
    parser.add_argument(
        'out',
        metavar='OUT',
        help=f'picture to write ({", ".join(PICTURES)}); the CSV has the same '
        'name with .csv')
    parser.add_argument(
        '--label-space',
        required=True,
        metavar='NAME|FILE',
        help=f'classes of ANN: {", ".join(LABEL_SPACES)}, the class file '
        '(.json) of own data or the category file of SWIG-HOI')
    add_overwrite_argument(parser)
    add_font_argument(parser)
    args = parser.parse_args(argv)
    if Path(args.out).suffix not in PICTURES:
        parser.error(f'OUT {args.out}: the name must end in '
                     f'{", ".join(PICTURES)}')
    return args


def read_counts(args: argparse.Namespace) -> tuple:
    """Label space, number of images and interactions of each HOI."""
    space = load_label_space(args.label_space)
    usable = usable_records(
        load_hoia(args.ann), space, args.ann, test_mode=False)
    if usable.warning:
        print(f'warning: {usable.warning}', file=sys.stderr)
    parser = HOIAParser(space, bbox_origin=0, test_mode=False)
    counts = count_usable(
        tqdm(usable.records), parser,
        record_format(space).to_hoia)
    if not counts.any():
        raise ValueError(f'{args.ann} has no usable interaction of the label '
                         f'space {args.label_space}')
    return space, len(usable.records), counts


def run(args: argparse.Namespace) -> None:
    """Count, draw and write."""
    table = Path(args.out).with_suffix('.csv')
    check_outputs(args, 'OUT', beside={'the CSV beside OUT': table})
    # It takes a second to import.
    from mmhoi.utils.fonts import check_font
    check_font(args.font)
    space, num_images, counts = read_counts(args)
    rows = long_tail(counts, space)
    write_long_tail(rows, table)
    draw_long_tail(rows, args.out, f'{args.ann}: {num_images} images',
                   space.rare_below, args.font)
    print(f'{counts.sum()} interactions in {num_images} images: {args.out} '
          f'and {table}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    run(args)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
