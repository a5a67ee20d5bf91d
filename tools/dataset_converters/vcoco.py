# Copyright (c) mmhoi contributors.
"""Convert V-COCO's labels to the HOIA json that mmhoi reads."""
import argparse
import sys
from pathlib import Path
from typing import List

from mmhoi.annotations import (count_vcoco, hoia_records, load_coco_instances,
                               load_vcoco_labels)
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import load_label_space
from mmhoi.utils.file_hash import file_sha256
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.text_files import write_json
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
OUT is a list with an entry for each image: file_name, img_id, annotations
(boxes of all COCO instances, [x, y, x + w, y + h]) and hoi_annotation
(subject_id, object_id, category_id: the verb-role class, 0..28). object_id is
-1 for actions without role and for roles whose object is not annotated.

prior.pickle and corre_vcoco.npy, which other code asks for, are not needed.
They hold, for each verb and object, whether the two were seen together in
training, and set the scores of other combinations to 0. mmhoi's models score
the 263 combinations of its label space and no others.

At the end the counts are compared with those of the published files, and
the SHA-256 sums of all files are printed.

example:
  python tools/dataset_converters/vcoco.py vcoco_trainval.json \\
      instances_train2014.json instances_val2014.json \\
      data/v-coco/annotations/trainval_vcoco.json
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'vcoco_json',
        help='vcoco_train.json, vcoco_val.json, vcoco_trainval.json or '
        'vcoco_test.json')
    parser.add_argument(
        'instances_json',
        nargs='+',
        help='COCO instance files that together hold the images')
    parser.add_argument('out', help='file to write')
    add_overwrite_argument(parser)
    return parser.parse_args(argv)


def print_report(records: List[dict]) -> None:
    """Print the counts and how they differ from the published ones."""
    split, rows = count_vcoco(records)
    print(f'compared with the published split "{split}"'
          if split else 'no published split has this number of images')
    print(f'{"":<38} {"count":>7} {"published":>9}')
    for name, count, known in rows:
        verdict = '' if known in (None, count) else '  DIFFERS'
        shown = '' if known is None else known
        print(f'{name:<38} {count:>7} {shown:>9}{verdict}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    check_outputs(args, 'OUT')
    labels = load_vcoco_labels(args.vcoco_json)
    instances = load_coco_instances(args.instances_json, labels.images)
    records = hoia_records(labels, instances)
    usable = usable_records(
        records, load_label_space('vcoco'), args.vcoco_json, test_mode=True)
    if usable.warning:
        print(f'warning: {usable.warning}', file=sys.stderr)
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    write_json(args.out, records)
    print_report(records)
    for path in (args.vcoco_json, *args.instances_json, args.out):
        print(f'{file_sha256(path)}  {path}')
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
