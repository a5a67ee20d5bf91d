# Copyright (c) mmhoi contributors.
"""The door through which annotations come into use."""
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.label_spaces.class_file import CustomLabelSpace
from mmhoi.utils.setup_error import SetupError
from .annotation_report import AnnotationReport
from .box_rules import box_problems
from .hoia_validation import HOIAValidator
from .image_frames import FrameReader, frame_reader
from .image_ids import id_problems
from .record_formats import RecordFormat, record_format
from .repeated_images import merge_entries, repeated_images
from .rules import KEPT, REFUSED, RULES, SILENT, Problem

#: Reading the headers of so many images takes a fraction of a second.
MAX_IMAGES_LOOKED_AT = 1000
STRUCTURE = ('bad structure', 'missing key', 'bad type')
REMEDY = 'tools/analysis_tools/check_dataset.py names every place'


class UsableRecords(NamedTuple):
    """Annotations that can be used.

    Attributes:
        records (list[dict]): Entries in the format of the file, one for each
            image.
        image_ids (list): Ids of these images, None for none in training.
        ids_are_places (bool): Whether they are only the places of the images
            in the file.
        warning (str): What is wrong with them and what is done about it, in
            one line; empty if nothing is.
    """
    records: List[dict]
    image_ids: list
    ids_are_places: bool
    warning: str


def usable_records(records: Sequence,
                   space: LabelSpace,
                   file: str,
                   *,
                   test_mode: bool,
                   bbox_origin: int = 0,
                   folder: Optional[str] = None) -> UsableRecords:
    """Apply the rules for annotations, see `RULES`.

    Args:
        records (Sequence): Entries of a file, of any structure.
        space (LabelSpace): Its classes, which tell its format.
        file (str): The file, for messages.
        test_mode (bool): Whether for testing or evaluation; for training
            otherwise.
        bbox_origin (int): Number of the first pixel column and row. Defaults
            to 0.
        folder (str, optional): Folder of the images. Of own data some images
            are then looked at. Defaults to None.

    Returns:
        UsableRecords: The entries, several of one image made one.

    Raises:
        SetupError: If the file cannot be used. It names the file, what is
            wrong how often, the first places and the remedy.
    """
    form = record_format(space)
    findings = _Findings(file, form, test_mode)
    validator = form.validator(space, bbox_origin)
    if folder is not None and isinstance(space, CustomLabelSpace):
        validator.image_frame = _spot_check(records, folder)
    skipped = set()
    if test_mode and space.allows_no_object and not isinstance(
            space, CustomLabelSpace):
        # V-COCO's own test set has them, and they are evaluated.
        skipped.add('verb and object form no HOI')
    if not records:
        findings.add(Problem('no image', '', '', 'it lists none'))
    for index, record in enumerate(records):
        for problem in validator.check_entry(record, index):
            if problem.kind not in skipped:
                findings.add(problem)
    for problem in validator.check_numbers(records):
        findings.add(problem)
    if folder is None:
        for problem in validator.check_names(records):
            findings.add(problem)
    findings.refuse()
    records = _make_one(records, validator, findings, folder)
    image_ids = _image_ids(records, form, findings)
    findings.refuse()
    are_places = isinstance(space, CustomLabelSpace) and all(
        record.get('img_id') is None for record in records)
    return UsableRecords(records, image_ids, are_places, findings.warning())


def check_boxes(bboxes: np.ndarray, file: str, bbox_origin: int) -> str:
    """Apply the rules for the boxes of a whole file.

    Args:
        bboxes (np.ndarray): All boxes of a test set, shape (N, 4).
        file (str): The file, for messages.
        bbox_origin (int): Number of the first pixel column and row.

    Returns:
        str: A warning, or nothing.

    Raises:
        SetupError: If they cannot be boxes in pixels.
    """
    findings = _Findings(file, None, True)
    empty = (bboxes[:, 2:] <= bboxes[:, :2]).any(1)
    tiny = ~empty & (bboxes[:, 2:] - bboxes[:, :2] < 1).all(1)
    for kind, rows in (('empty or inverted box', empty),
                       ('box smaller than a pixel', tiny)):
        for row in np.flatnonzero(rows).tolist():
            findings.add(
                Problem(kind, '', f'row {row}', f'{bboxes[row].tolist()}'))
    for problem in box_problems(bboxes, bbox_origin):
        findings.add(problem)
    findings.refuse()
    return findings.warning()


class _Findings:
    """Collects problems of a file by what becomes of them.

    Args:
        file (str): The file, for messages.
        form (RecordFormat, optional): Its format, if it has entries.
        test_mode (bool): Whether for testing.
    """

    def __init__(self, file: str, form: Optional[RecordFormat],
                 test_mode: bool) -> None:
        self.file = file
        self.form = form
        self.use = 'testing' if test_mode else 'training'
        self.refused = AnnotationReport(max_examples=1)
        self.told = AnnotationReport(max_examples=1)

    def add(self, problem: Problem) -> None:
        """Count a problem."""
        done = getattr(RULES[problem.kind], self.use)
        where = ' '.join(filter(None, (problem.image, problem.place)))
        place = f'{where}: {problem.detail}' if where else problem.detail
        if done == REFUSED:
            self.refused.add(problem.kind, place)
        elif done != SILENT:
            self.told.add(
                problem.kind if done == KEPT else f'{problem.kind}, {done},',
                place)

    def refuse(self) -> None:
        """Raise a SetupError if the file cannot be used."""
        if not self.refused:
            return
        needs = ''
        if self.form and any(kind in self.refused.counts
                             for kind in STRUCTURE):
            needs = f'; {self.form.keys}'
        raise SetupError(f'annotation file "{self.file}" cannot be used: '
                         f'{self.refused.summary()}{needs}; {REMEDY}')

    def warning(self) -> str:
        """The line about what is wrong, or nothing."""
        if not self.told:
            return ''
        return f'bad annotations in "{self.file}": {self.told.summary()}; ' \
               f'{REMEDY}'


def _spot_check(records: Sequence, folder: str) -> FrameReader:
    """Function from the name of an image to its frame, of some images."""
    step = max(1, -(-len(records) // MAX_IMAGES_LOOKED_AT))
    names = {
        record.get('file_name')
        for record in records[::step] if isinstance(record, dict)
        and isinstance(record.get('file_name'), str)
    }
    read = frame_reader(folder)

    return lambda name: read(name) if name in names else None


def _make_one(records: Sequence[dict], validator: HOIAValidator,
              findings: _Findings, folder: Optional[str]) -> List[dict]:
    """Entries with those of one image made one, at the place of the first."""
    merged: Dict[int, Optional[dict]] = {}
    for group in repeated_images(records, folder):
        entries = [records[row] for row in group.rows]
        where = 'entries ' + ', '.join(map(
            str, group.rows[:5])) + (', ...' if len(group.rows) > 5 else '')
        try:
            entry = merge_entries(entries, validator.KEYS)
        except ValueError as error:
            findings.add(
                Problem('image listed twice that cannot be made one',
                        group.name, where,
                        f'{error}; keep one entry for each image'))
            continue
        findings.add(
            Problem('repeated image', group.name, where,
                    f'listed {len(group.rows)} times'))
        merged.update(dict.fromkeys(group.rows[1:]))
        merged[group.rows[0]] = entry
    entries = (merged.get(row, record) for row, record in enumerate(records))
    return [entry for entry in entries if entry is not None]


def _image_ids(records: Sequence[dict], form: RecordFormat,
               findings: _Findings) -> list:
    """Ids of the images, given or by the default of the format."""
    image_ids = []
    for index, record in enumerate(records):
        value = record.get('img_id')
        if value is None:
            try:
                value = form.default_id(record, index)
            except ValueError as error:
                findings.add(
                    Problem('bad img_id', f'entry {index}', '', str(error)))
        image_ids.append(value)
    # Given ids and those of names or places may be the same.
    with_ids = [dict(r, img_id=i) for r, i in zip(records, image_ids)]
    for problem in id_problems(with_ids):
        findings.add(problem)
    return image_ids
