# Copyright (c) mmhoi contributors.
"""Check an annotation file, its images and own classes."""
import argparse
import sys
from collections import Counter
from itertools import chain

from mmhoi.annotations.hoia_validation import load_hoia
from mmhoi.annotations.image_frames import frame_reader
from mmhoi.annotations.record_formats import record_format
from mmhoi.label_spaces import LABEL_SPACES, load_label_space
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.progress import tqdm
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
Prints every finding with image and index, then a summary. Exit status: 0 if
there is no error (warnings may be), 1 if there is one or if a file cannot be
read at all.

examples:
  python tools/analysis_tools/check_dataset.py \\
      data/hico_20160224_det/annotations/test_hico.json \\
      data/hico_20160224_det/images/test2015 --label-space hico_det \\
      --bbox-origin 1
  python tools/analysis_tools/check_dataset.py trainval_vcoco.json \\
      --label-space vcoco
  python tools/analysis_tools/check_dataset.py train.json images/train \\
      --label-space my_classes.json
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('ann', metavar='ANN', help='annotation file (json)')
    parser.add_argument(
        'img_dir',
        metavar='IMG_DIR',
        nargs='?',
        help='folder of the images; without it, only the file is checked')
    parser.add_argument(
        '--label-space',
        required=True,
        metavar='NAME|FILE',
        help=f'what to check against: {", ".join(LABEL_SPACES)}, the class '
        'file of own data (.json), which is checked first, or the category '
        'file of SWIG-HOI')
    parser.add_argument(
        '--bbox-origin',
        type=int,
        choices=(0, 1),
        default=0,
        help='number of the first pixel column and row; test_hico.json has 1 '
        '(default: %(default)s)')
    parser.add_argument(
        '--decode',
        action='store_true',
        help='decode the images instead of reading their sizes only: finds '
        'damaged ones, but takes long')
    parser.add_argument(
        '--max-print',
        type=int,
        default=None,
        metavar='N',
        help='print the first N findings of each kind only (default: all)')
    return parser.parse_args(argv)


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    image_frame = None
    if args.img_dir is not None:
        image_frame = frame_reader(args.img_dir, args.decode)
    space = load_label_space(args.label_space)
    validator = record_format(space).validator(space, args.bbox_origin,
                                               image_frame)
    records = load_hoia(args.ann)
    counts: Counter = Counter()
    findings = chain(
        chain.from_iterable(
            validator.check_entry(record, index)
            for index, record in enumerate(tqdm(records))),
        validator.check_file(records, args.img_dir))
    for problem in findings:
        key = problem.is_error, problem.kind
        counts[key] += 1
        if args.max_print is None or counts[key] <= args.max_print:
            print(f'{args.ann}: {problem}')
    num_errors = sum(n for (is_error, _), n in counts.items() if is_error)
    print(f'{args.ann}: {len(records)} images, {num_errors} errors, '
          f'{sum(counts.values()) - num_errors} warnings')
    for (is_error, kind), count in counts.most_common():
        print(f'  {count:>7} x {kind}{"" if is_error else " (warning)"}')
    return int(num_errors > 0)


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
