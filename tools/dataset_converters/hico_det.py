# Copyright (c) mmhoi contributors.
"""Convert HICO-DET's annotations to the HOIA json that mmhoi reads."""
import argparse
import sys
from pathlib import Path
from typing import List, Optional

import numpy as np

from mmhoi.annotations import AnnotationReport
from mmhoi.annotations.class_counts import HICO_DET_FACTS, compare_with_facts
from mmhoi.annotations.hico_mat import (check_actions, known_object_table,
                                        load_mat, mat_record)
from mmhoi.annotations.hicodet_instances import (instances_records,
                                                 load_instances)
from mmhoi.annotations.hoia_writing import write_hoia
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import (hico_det_test_image_ids, known_object_images,
                                load_label_space)
from mmhoi.utils.error_lines import error_line
from mmhoi.utils.file_hash import file_sha256
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import write_json
from mmhoi.utils.utf8 import use_utf8

OUT_NAMES = {'train': 'trainval_hico.json', 'test': 'test_hico.json'}
#: As in the HOIA files of the field, and as the configs expect.
DEFAULT_ORIGINS = {'train': 0, 'test': 1}
KNOWN_OBJECT_NAME = 'known_object_images.json'

_EPILOG = """\
INPUT is one of two sources, which hold the same annotation:
  mat        anno_bbox.mat, and optionally anno.mat for the Known-Object
             images, both from hico_20160224_det of the data set's authors
  instances  instances_train2015.json and/or instances_test2015.json of the
             repository fredzzhang/hicodet, with either order of the objects

Written to OUT, as far as INPUT has it:
  trainval_hico.json         boxes count pixels from 0 unless --origin 1
  test_hico.json             boxes count pixels from 1 unless --origin 0
  known_object_images.json   from anno.mat: {object: [image numbers]}
The defaults of --origin are those of the files that circulate in the field
and of the configs here (`bbox_origin`). HOIs that are in an image but have no
boxes are left out. Other than in the files that circulate, every HOI keeps
boxes of its own: nearly equal boxes of one person are not merged.

At the end counts are compared with those of the complete data set, and the
SHA-256 of every file is printed. A part of the data is converted as well;
the report then says PARTIAL.

examples:
  python tools/dataset_converters/hico_det.py anno_bbox.mat anno.mat \\
      data/hico_20160224_det/annotations
  python tools/dataset_converters/hico_det.py instances_test2015.json out
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'inputs', nargs='+', metavar='INPUT', help='files to read, see below')
    parser.add_argument('out', metavar='OUT', help='folder to write to')
    parser.add_argument(
        '--format',
        choices=('mat', 'instances'),
        help='kind of INPUT (default: by its ending, .mat or .json)')
    parser.add_argument(
        '--origin',
        type=int,
        choices=(0, 1),
        help='number of the first pixel column and row in the written boxes '
        '(default: 0 for training, 1 for testing); the official numbers '
        'count from 1')
    add_overwrite_argument(parser)
    return parser.parse_args(argv)


class Converter:
    """Writes one file after the other and keeps what the report needs.

    Args:
        args (Namespace): `out`, the folder to write to; `origin` of all
            written boxes, None for the default of each split; `inputs` and
            `overwrite`.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.out = Path(args.out)
        self.origin = args.origin
        self.space = load_label_space('hico_det')
        self.written: List[Path] = []
        self.is_partial = False

    def convert_mat(self, path: str) -> None:
        """Convert what a MATLAB file holds, a variable at a time."""
        lists = load_mat(path, ('list_action', 'list_test', 'list_train'))
        if 'list_action' not in lists:
            raise ValueError(f'{path} has no list_action, so that its HOI ids '
                             'cannot be checked; keep it in a partial file')
        check_actions(lists['list_action'], self.space, path)
        if 'list_test' in lists:
            self._write_known_object(path)
            return
        for split in OUT_NAMES:
            self._convert_bbox(path, split)

    def _convert_bbox(self, path: str, split: str) -> None:
        name = f'bbox_{split}'
        variables = load_mat(path, (name, 'list_action'))
        if name not in variables:
            print(f'{path} has no {name}: nothing to convert for {split}')
            self.is_partial = True
            return
        self._check(OUT_NAMES[split])
        report = AnnotationReport()
        records = []
        for i, image in enumerate(tqdm(variables[name].ravel(), desc=name)):
            records += mat_record(image, self.space, self._origin_of(split),
                                  f'{name}({i + 1})', report)
        self._finish(split, records, report)

    def convert_instances(self, path: str) -> None:
        """Convert a file of fredzzhang/hicodet."""
        content = load_instances(path)
        names = ' '.join(map(str, content['filenames']))
        splits = [split for split in OUT_NAMES if f'{split}2015' in names]
        if len(splits) != 1:
            raise ValueError(
                f'{path}: the image names tell of {len(splits)} splits; they '
                'must all begin with HICO_train2015_ or with HICO_test2015_')
        self._check(OUT_NAMES[splits[0]])
        report = AnnotationReport()
        records = instances_records(content, self.space,
                                    self._origin_of(splits[0]), report)
        self._finish(splits[0], records, report)

    def _check(self, name: str) -> None:
        """Raise SetupError if a file would be replaced."""
        path = self.out / name
        check_outputs(self.args, beside={'in OUT, the file': path})

    def _origin_of(self, split: str) -> int:
        return DEFAULT_ORIGINS[split] if self.origin is None else self.origin

    def _finish(self, split: str, records: List[dict],
                report: AnnotationReport) -> None:
        """Write a split and print its counts."""
        path = self.out / OUT_NAMES[split]
        usable = usable_records(
            records,
            self.space,
            str(path),
            test_mode=split == 'test',
            bbox_origin=self._origin_of(split))
        write_hoia(path, records)
        self.written.append(path)
        rows, is_complete = compare_with_facts(split, records, self.space)
        self.is_partial |= not is_complete
        print(f'\n{path}: boxes count from {self._origin_of(split)}')
        print(f'  {"":<28} {"found":>8} {"complete":>8}')
        for key, found, known in rows:
            mark = '' if known in (None, found) else '  differs'
            print(f'  {key.replace("_", " "):<28} {found:>8} '
                  f'{"" if known is None else known:>8}{mark}')
        if usable.warning:
            print(f'  {usable.warning}')
        for problem, count in report.counts.items():
            print(f'  {count} x {problem}: '
                  f'{"; ".join(report.examples[problem])}')

    def _write_known_object(self, path: str) -> None:
        """Write the Known-Object images and compare them with ours."""
        self._check(KNOWN_OBJECT_NAME)
        image_ids, table = known_object_table(
            load_mat(path, ('anno_test', 'list_test')), self.space)
        out = self.out / KNOWN_OBJECT_NAME
        content = {
            name: np.sort(image_ids[images]).tolist()
            for name, images in zip(self.space.objects, table)
        }
        write_json(out, content)
        self.written.append(out)
        is_known = np.isin(image_ids, hico_det_test_image_ids())
        differ = table[:, is_known] != known_object_images(image_ids[is_known])
        print(f'\n{out}: {table.sum()} (object, image) entries of '
              f'{len(image_ids)} images; compared with those that mmhoi '
              f'evaluates with, {differ.sum()} differ')
        if len(image_ids) != HICO_DET_FACTS['test']['images']:
            self.is_partial = True


def kind_of(path: str, given: Optional[str]) -> str:
    """`mat` or `instances`, by its ending unless it is given."""
    kinds = {'.mat': 'mat', '.json': 'instances'}
    kind = given or kinds.get(Path(path).suffix)
    if kind is None:
        raise ValueError(f'{path} ends neither with .mat nor with .json; '
                         'say what it is with --format')
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path} does not exist')
    return kind


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    converter = Converter(args)
    # All of them before the first one, which takes minutes.
    kinds = [kind_of(path, args.format) for path in args.inputs]
    failed = {}
    for path, kind in zip(args.inputs, kinds):
        try:
            getattr(converter, f'convert_{kind}')(path)
        except (OSError, ValueError) as error:
            # The others are converted; each takes minutes.
            failed[path] = error_line(error) or str(error)
    if converter.is_partial:
        print('\nPARTIAL: the input is not the complete official HICO-DET; '
              'figures computed with it are not comparable')
    files = [path for path in args.inputs if path not in failed]
    if files or converter.written:
        print('\nSHA-256')
    for path in [*files, *converter.written]:
        print(f'{file_sha256(path)}  {path}')
    for path, problem in failed.items():
        print(f'error: {path} is not converted: {problem}', file=sys.stderr)
    return int(bool(failed))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
