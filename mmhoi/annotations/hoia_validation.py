# Copyright (c) mmhoi contributors.
"""Everything that is wrong with the entries of a HOIA json."""
from collections import Counter
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple, Union

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.image_orientation import ImageFrames
from mmhoi.utils.text_files import read_json
from .box_rules import box_problems, exchanged_problem
from .image_frames import FrameReader
from .image_ids import id_problems
from .repeated_images import EntryKeys, case_twins, repeated_images
from .rules import Problem, is_box, is_empty


def load_hoia(path: Union[str, Path]) -> list:
    """Read a HOIA json.

    Args:
        path (str | Path): The file.

    Returns:
        list: Its entries, not checked.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not JSON or not a list.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist')
    try:
        records = read_json(path)
    except ValueError as error:
        raise ValueError(
            f'{path} is not valid JSON ({error}); it may be incomplete: '
            'copy or convert it again') from error
    if not isinstance(records, list):
        raise ValueError(
            f'{path} must hold a list with one entry per image (HOIA format), '
            f'not a {type(records).__name__}; convert it with a tool of '
            'tools/dataset_converters')
    return records


class HOIAValidator:
    """Checks entries against a label space and, optionally, the images.

    Args:
        space (LabelSpace): Objects, verbs and HOIs, and how the files of the
            data set number them.
        bbox_origin (int): Number of the first pixel column and row.
        image_frame (callable, optional): Frame of the image of a name; raises
            OSError or ValueError where it cannot be read. Defaults to None:
            images are not looked at.

    Attributes:
        found_hois (Counter): Interactions of each HOI that were checked.
    """

    KEYS = EntryKeys('annotations', 'hoi_annotation', 'category_id',
                     'category_id')
    #: Type of categories and verbs.
    LABEL_TYPE: type = int

    def __init__(self,
                 space: LabelSpace,
                 bbox_origin: int,
                 image_frame: Optional[FrameReader] = None) -> None:
        self.space = space
        self.label_of = {c: i for i, c in enumerate(space.category_ids)}
        pairs = zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist())
        self.hoi_of = {pair: hoi for hoi, pair in enumerate(pairs)}
        self.verb_of = {
            v + space.verb_offset: v
            for v in range(len(space.verbs))
        }
        self.person = space.objects.index('person')
        self.min_object = -1 if space.allows_no_object else 0
        self.bbox_origin = bbox_origin
        self.image_frame = image_frame
        self.record_keys = {
            'file_name': str,
            self.KEYS.boxes: list,
            self.KEYS.hois: list
        }
        self.box_keys = {'bbox': list, self.KEYS.category: self.LABEL_TYPE}
        self.hoi_keys = {
            'subject_id': int,
            'object_id': int,
            self.KEYS.verb: self.LABEL_TYPE
        }
        self.found_hois: Counter = Counter()
        self.subjects: Counter = Counter()
        self.smallest_image: Optional[int] = None

    def validate(self, records: list) -> Iterator[Problem]:
        """Check a whole file.

        Args:
            records (list): Its entries, of any structure.

        Yields:
            Problem: Findings in the order of the file, at last those about
            the whole.
        """
        for index, record in enumerate(records):
            yield from self.check_entry(record, index)
        yield from self.check_file(records)

    def check_entry(self, record: object, index: int) -> Iterator[Problem]:
        """Check one entry.

        Args:
            record (object): The entry, of any structure.
            index (int): Its index in the file.

        Yields:
            Problem: Findings in the order of the entry.
        """
        problems = list(
            _check_keys(record, self.record_keys, f'entry {index}', ''))
        yield from problems
        if problems:
            return
        image = record['file_name']
        frame = None
        if self.image_frame is not None:
            try:
                frame = self.image_frame(image)
            except (OSError, ValueError) as error:
                yield Problem('image cannot be read', image, '', str(error))
        if frame is not None:
            side = max(frame.stored)
            self.smallest_image = min(self.smallest_image or side, side)
        yield from self._check_record(record, image, frame)

    def check_file(self,
                   records: list,
                   folder: Optional[str] = None) -> Iterator[Problem]:
        """Check what only all entries together can tell.

        Args:
            records (list): The entries, of any structure, all of them
                checked.
            folder (str, optional): Folder of the images. Defaults to None.

        Yields:
            Problem: Images that occur twice, ids, and what the boxes of the
            whole file say of their format.
        """
        if not records:
            yield Problem('no image', '', '', 'it lists none')
        for group in repeated_images(records, folder):
            yield Problem(
                'repeated image', '', '',
                f'file_name {group.name} occurs {len(group.rows)} times; keep '
                'one entry for each image')
        if folder is None:
            yield from self.check_names(records)
        yield from id_problems(records)
        yield from self.check_numbers(records)

    def check_names(self, records: list) -> Iterator[Problem]:
        """Check names of images that nobody can look at.

        Args:
            records (list): The entries, of any structure.

        Yields:
            Problem: Doubts whether two images are one.
        """
        for first, other in case_twins(records):
            yield Problem(
                'names that differ in case only', other, '',
                f'{first} is listed, too; if they are one image, keep one '
                'entry for it')

    def check_numbers(self, records: list) -> Iterator[Problem]:
        """Check what the numbers of all entries together tell.

        Args:
            records (list): The entries, of any structure, all of them
                checked.

        Yields:
            Problem: Doubts about boxes and subjects.
        """
        bboxes = [
            box.get('bbox') for record in records if isinstance(record, dict)
            for box in _list(record.get(self.KEYS.boxes))
            if isinstance(box, dict)
        ]
        yield from box_problems(bboxes, self.bbox_origin, self.smallest_image)
        yield from exchanged_problem(self.subjects)

    def _check_record(self, record: dict, image: str,
                      frame: Optional[ImageFrames]) -> Iterator[Problem]:
        if frame is not None and frame.orientation != 1:
            yield Problem(
                'turned image', image, '',
                f'EXIF orientation {frame.orientation}: label tools show '
                f'{_pixels(frame.upright)}, stored are '
                f'{_pixels(frame.stored)}; if the boxes '
                'were drawn on the turned image, turn the file and remove the '
                'tag (ImageMagick: mogrify -auto-orient)')
        labels: List[Optional[int]] = []
        seen_boxes: Dict[tuple, str] = {}
        for i, box in enumerate(record[self.KEYS.boxes]):
            place = f'{self.KEYS.boxes}[{i}]'
            problems = list(_check_keys(box, self.box_keys, image, place))
            yield from problems or self._check_box(box, seen_boxes, frame,
                                                   image, place)
            labels.append(None if problems else self.label_of.
                          get(box[self.KEYS.category]))
        seen_hois: Dict[tuple, str] = {}
        for i, hoi in enumerate(record[self.KEYS.hois]):
            yield from self._check_hoi(hoi, labels, seen_hois, image,
                                       f'{self.KEYS.hois}[{i}]')
        if not record[self.KEYS.hois]:
            yield Problem('image without interaction', image, '',
                          'training leaves it out')

    def _check_box(self, box: dict, seen: Dict[tuple, str],
                   frame: Optional[ImageFrames], image: str,
                   place: str) -> Iterator[Problem]:
        bbox, category = box['bbox'], box[self.KEYS.category]
        if category not in self.label_of:
            yield Problem('unknown category', image, place,
                          self._unknown_category(category))
        if not is_box(bbox):
            yield Problem(
                'bad box', image, place, f'bbox {_shown(bbox)} is not '
                'four finite numbers of pixels')
            return
        first = seen.setdefault((*bbox, category), place)
        if first != place:
            yield Problem('repeated box', image, place, f'the same as {first}')
        x1, y1, x2, y2 = bbox
        if is_empty(bbox):
            yield Problem(
                'empty or inverted box', image, place,
                f'bbox {bbox} must be [x1, y1, x2, y2] with x1 < x2 '
                'and y1 < y2')
        # COCO has thin ones.
        elif x2 - x1 < 1 and y2 - y1 < 1:
            yield Problem('box smaller than a pixel', image, place,
                          f'bbox {bbox} must be in pixels')
        # The field's files hold both inclusive ends and x + width.
        origin = self.bbox_origin
        if min(x1, y1) < origin or frame and not _contains(
                frame.stored, x2 - origin, y2 - origin):
            yield Problem('box outside of the image', image, place,
                          self._outside(bbox, frame))

    def _outside(self, bbox: list, frame: Optional[ImageFrames]) -> str:
        text = f'bbox {bbox}, counted from {self.bbox_origin}, reaches out ' \
               'of the image'
        if frame is None:
            return text
        text += f' of {_pixels(frame.stored)}'
        if frame.orientation != 1 and _contains(
                frame.upright, *(x - self.bbox_origin for x in bbox[2:])):
            text += (' as it is stored, but not of the one that EXIF '
                     f'orientation {frame.orientation} makes of it')
        return text

    def _check_hoi(self, hoi: object, labels: List[Optional[int]],
                   seen: Dict[tuple, str], image: str,
                   place: str) -> Iterator[Problem]:
        problems = list(_check_keys(hoi, self.hoi_keys, image, place))
        if problems:
            yield from problems
            return
        sub, obj, verb = (hoi[key] for key in self.hoi_keys)
        for key, low in (('subject_id', 0), ('object_id', self.min_object)):
            if not low <= hoi[key] < len(labels):
                yield Problem(
                    'index out of range', image, place,
                    f'{key} {hoi[key]} is not in {low}..'
                    f'{len(labels) - 1}; training drops the image')
                return
        if labels[sub] is not None:
            is_person = labels[sub] == self.person
            self.subjects[is_person] += 1
            if not is_person:
                yield Problem(
                    'subject is no person', image, place,
                    f'subject_id {sub} is a {self.space.objects[labels[sub]]}')
        if sub == obj:
            yield Problem('pair of one box', image, place,
                          f'subject_id and object_id are the same box, {sub}')
        first = seen.setdefault((sub, obj, verb), place)
        if first != place:
            yield Problem('repeated interaction', image, place,
                          f'the same as {first}')
        yield from self._check_labels(
            hoi, labels[obj] if obj >= 0 else len(self.space.objects), image,
            place)

    def _check_labels(self, hoi: dict, label: Optional[int], image: str,
                      place: str) -> Iterator[Problem]:
        verb = self.verb_of.get(hoi[self.KEYS.verb])
        if verb is None:
            yield Problem('unknown verb', image, place,
                          self._unknown_verb(hoi[self.KEYS.verb]))
            return
        if label is None:
            return
        hoi_id = self.hoi_of.get((verb, label))
        if hoi_id is None:
            names = (*self.space.objects, 'no object')
            yield Problem('verb and object form no HOI', image, place,
                          f'{self.space.verbs[verb]} and {names[label]}')
            return
        self.found_hois[hoi_id] += 1
        if hoi.get('hoi_category_id', hoi_id + 1) != hoi_id + 1:
            yield Problem(
                'contradicting HOI', image, place,
                f'hoi_category_id {hoi["hoi_category_id"]}, but '
                f'verb and object make {hoi_id + 1}')

    def _unknown_category(self, category: object) -> str:
        return (f'category_id {category} is none of the {len(self.label_of)} '
                'ids of the objects')

    def _unknown_verb(self, verb: object) -> str:
        ids = list(self.verb_of)
        return f'{self.KEYS.verb} {verb} is not in {ids[0]}..{ids[-1]}'


def _check_keys(value: object, keys: dict, image: str,
                place: str) -> Iterator[Problem]:
    """A problem for each key that is missing or of another type."""
    if not isinstance(value, dict):
        yield Problem(
            'bad structure', image, place,
            f'{_shown(value)} is not a dict with '
            f'{", ".join(keys)}')
        return
    for key, kind in keys.items():
        if key not in value:
            yield Problem('missing key', image, place, f'{key}')
        elif not isinstance(value[key], kind) or isinstance(value[key], bool):
            yield Problem(
                'bad type', image, place,
                f'{key} {_shown(value[key])} is not of type '
                f'{kind.__name__}')


def _contains(size: Tuple[int, int], x: float, y: float) -> bool:
    """Whether a corner lies in an image; the far border is inside."""
    return x <= size[0] and y <= size[1]


def _pixels(size: Tuple[int, int]) -> str:
    return f'{size[0]} x {size[1]} pixels'


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _shown(value: object) -> str:
    """A value as text, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:57]}...'
