# Copyright (c) mmhoi contributors.
"""Render SynHICO, the synthetic stand-in for HICO-DET."""
import argparse
import sys
import warnings
from pathlib import Path

from mmhoi.synthetic import contact_sheet, write_synhico
from mmhoi.utils.cores import usable_cores
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import check_outputs
from mmhoi.utils.own_results import encode_picture
from mmhoi.utils.utf8 import use_utf8
from mmhoi.utils.whole_file import write_whole

_EPILOG = """\
Writes OUT in the HOIA layout of HICO-DET:
  images/train2015/HICO_train2015_%08d.jpg
  images/test2015/HICO_test2015_%08d.jpg
  annotations/trainval_hico.json   boxes count pixels from 0
  annotations/test_hico.json       boxes count pixels from 1
  annotations/class_counts.csv     instances of each class
  synhico_meta.json                arguments and version
With --vcoco, the same images also as a V-COCO set:
  annotations/trainval_vcoco.json, test_vcoco.json     HOIA format
  annotations/vcoco_trainval.json, vcoco_test.json     official labels
  annotations/instances_vcoco_all_2014.json            their COCO boxes
The files depend on the counts, the seed and the size, not on --workers.

example:
  python tools/dataset_converters/make_synhico.py data/synhico
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('out', help='new or empty folder to write to')
    parser.add_argument(
        '--num-train',
        type=int,
        default=4000,
        help='training images (default: %(default)s; rare '
        'and other classes have honest counts from 1000 on)')
    parser.add_argument(
        '--num-test',
        type=int,
        default=800,
        help='test images (default: %(default)s; every '
        'class occurs at least 8 times from 500 on)')
    parser.add_argument(
        '--seed',
        type=int,
        default=0,
        help='seed of all random choices (default: 0)')
    parser.add_argument(
        '--balanced',
        action='store_true',
        help='balance the training classes like the test classes, to '
        'pre-train a detector (default: long-tailed)')
    parser.add_argument(
        '--vcoco',
        action='store_true',
        help='write the annotations in the formats of V-COCO as well')
    parser.add_argument(
        '--width',
        type=int,
        default=192,
        help='image width in pixels (default: %(default)s)')
    parser.add_argument(
        '--height',
        type=int,
        default=160,
        help='image height in pixels (default: %(default)s)')
    parser.add_argument(
        '--workers',
        type=int,
        default=usable_cores(),
        help='processes, 0 for none besides this one '
        '(default: one for each core that this process may use)')
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='delete an earlier SynHICO in OUT first, and replace the contact '
        'sheet if it exists')
    parser.add_argument(
        '--contact-sheet',
        metavar='PNG',
        help='also write a picture with a tile of each '
        'class')
    return parser.parse_args(argv)


def check(args: argparse.Namespace) -> None:
    """Warn of counts that are too small to mean much."""
    if args.num_train < 1000:
        warnings.warn('--num-train below 1000: the training counts do not '
                      'tell rare classes from others')
    if args.num_test < 500:
        warnings.warn('--num-test below 500: some classes have fewer than 8 '
                      'test instances')


def print_summary(rows, folder) -> None:
    """Print how many instances there are."""
    rare = [r for r in rows if r['rare']]
    print(f'{len(rows)} classes, {len(rare)} of them rare; instances: '
          f'{sum(r["train"] for r in rows)} train '
          f'({sum(r["train"] for r in rare)} rare), '
          f'{sum(r["test"] for r in rows)} test; of each class: '
          f'{folder}/annotations/class_counts.csv')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    check(args)
    check_outputs(args, '--contact-sheet')
    result = write_synhico(args.out, args.num_train, args.num_test, args.seed,
                           (args.width, args.height), args.workers, True,
                           args.overwrite, args.balanced, args.vcoco)
    print_summary(result['counts'], args.out)
    print(f'{result["images_per_second"]:.0f} images/s')
    if args.contact_sheet:
        sheet = contact_sheet(seed=args.seed, size=(args.width, args.height))
        path = Path(args.contact_sheet)
        content = encode_picture(sheet, path.suffix)
        with write_whole(path) as draft:
            draft.write_bytes(content)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
