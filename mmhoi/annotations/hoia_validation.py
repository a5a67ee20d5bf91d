# Copyright (c) mmhoi contributors.
"""Everything that is wrong with a HOIA json."""
import math
from collections import Counter
from pathlib import Path
from typing import (Callable, Dict, Iterator, List, NamedTuple, Optional,
                    Tuple, Union)

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.text_files import read_json

RECORD_KEYS = dict(file_name=str, annotations=list, hoi_annotation=list)
# Fewer boxes than this may well never touch the border of their images.
MIN_BOXES_FOR_ORIGIN = 200

ImageSize = Callable[[str], Tuple[int, int]]


class Problem(NamedTuple):
    """One finding.

    Attributes:
        kind (str): The same text for all of a kind.
        image (str): Name of the image, or `entry 5` if it has none, or empty
            if it is about the whole file.
        place (str): Index in the entry, such as `annotations[2]`, or empty.
        detail (str): The bad value and what is allowed.
        is_error (bool): False for what is legal, but odd.
    """
    kind: str
    image: str
    place: str
    detail: str
    is_error: bool = True

    def __str__(self) -> str:
        where = ' '.join(filter(None, (self.image, self.place)))
        level = 'error' if self.is_error else 'warning'
        return f'{level}: {where}{": " if where else ""}{self.kind}: ' \
               f'{self.detail}'


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
        image_size (callable, optional): Width and height in pixels of the
            image of a name; raises OSError or ValueError where it cannot be
            read. Defaults to None: images are not looked at.

    Attributes:
        found_hois (Counter): Interactions of each HOI that were checked.
    """

    CATEGORY_KEY, VERB_KEY = 'category_id', 'category_id'
    #: Type of what stands under these keys.
    LABEL_TYPE: type = int

    def __init__(self,
                 space: LabelSpace,
                 bbox_origin: int,
                 image_size: Optional[ImageSize] = None) -> None:
        self.space = space
        self.label_of = {c: i for i, c in enumerate(space.category_ids)}
        pairs = zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist())
        self.hoi_of = {pair: hoi for hoi, pair in enumerate(pairs)}
        self.verb_of = {
            v + space.verb_offset: v
            for v in range(len(space.verbs))
        }
        self.min_object = -1 if space.allows_no_object else 0
        self.bbox_origin = bbox_origin
        self.image_size = image_size
        self.box_keys = {'bbox': list, self.CATEGORY_KEY: self.LABEL_TYPE}
        self.hoi_keys = {
            'subject_id': int,
            'object_id': int,
            self.VERB_KEY: self.LABEL_TYPE
        }
        self.found_hois: Counter = Counter()

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
        problems = list(_check_keys(record, RECORD_KEYS, f'entry {index}', ''))
        yield from problems
        if not problems:
            yield from self._check_record(record)

    def check_file(self, records: list) -> Iterator[Problem]:
        """Check what only all entries together can tell.

        Args:
            records (list): The entries, of any structure.

        Yields:
            Problem: Images that occur twice, and doubts about the origin.
        """
        readable = [r for r in records if isinstance(r, dict)]
        for key in ('file_name', 'img_id'):
            counts = Counter(str(r[key]) for r in readable if key in r)
            for value, count in counts.items():
                if count > 1:
                    yield Problem(
                        'repeated image', '', '',
                        f'{key} {value} occurs {count} times; keep '
                        'one entry for each image')
        yield from self._check_origin(readable)

    def _check_record(self, record: dict) -> Iterator[Problem]:
        image = record['file_name']
        size = None
        if self.image_size is not None:
            try:
                size = self.image_size(image)
            except (OSError, ValueError) as error:
                yield Problem('image cannot be read', image, '', str(error))
        labels: List[Optional[int]] = []
        for i, box in enumerate(record['annotations']):
            place = f'annotations[{i}]'
            problems = list(_check_keys(box, self.box_keys, image, place))
            yield from problems or self._check_box(box, size, image, place)
            labels.append(None if problems else self.label_of.
                          get(box[self.CATEGORY_KEY]))
        seen: Dict[tuple, str] = {}
        for i, hoi in enumerate(record['hoi_annotation']):
            yield from self._check_hoi(hoi, labels, seen, image,
                                       f'hoi_annotation[{i}]')
        if not record['hoi_annotation']:
            yield Problem('image without interaction', image, '',
                          'training leaves it out', False)

    def _check_box(self, box: dict, size: Optional[Tuple[int, int]],
                   image: str, place: str) -> Iterator[Problem]:
        if box[self.CATEGORY_KEY] not in self.label_of:
            yield Problem('unknown category', image, place,
                          self._unknown_category(box[self.CATEGORY_KEY]))
        bbox = box['bbox']
        if len(bbox) != 4 or not all(
                isinstance(x, (int, float)) and not isinstance(x, bool)
                and -math.inf < x < math.inf for x in bbox):
            yield Problem('bad box', image, place,
                          f'bbox {bbox} is not four finite numbers')
            return
        x1, y1, x2, y2 = (x - self.bbox_origin for x in bbox)
        if x2 <= x1 or y2 <= y1:
            yield Problem(
                'empty or inverted box', image, place,
                f'bbox {bbox} must be [x1, y1, x2, y2] with x1 < x2 '
                'and y1 < y2')
        # The field's files hold both inclusive ends and x + width.
        if min(x1, y1) < 0 or size and (x2 > size[0] or y2 > size[1]):
            image_wh = f'of {size[0]} x {size[1]} pixels ' if size else ''
            yield Problem(
                'box outside of the image', image, place,
                f'bbox {bbox}, counted from {self.bbox_origin}, '
                f'reaches out of the image {image_wh}')

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
        if labels[sub] not in (None, self.space.objects.index('person')):
            yield Problem(
                'subject is no person', image, place, f'subject_id {sub} is a '
                f'{self.space.objects[labels[sub]]}')
        if (sub, obj, verb) in seen:
            yield Problem('repeated interaction', image, place,
                          f'the same as {seen[sub, obj, verb]}', False)
        seen.setdefault((sub, obj, verb), place)
        yield from self._check_labels(
            hoi, labels[obj] if obj >= 0 else len(self.space.objects), image,
            place)

    def _check_labels(self, hoi: dict, label: Optional[int], image: str,
                      place: str) -> Iterator[Problem]:
        verb = self.verb_of.get(hoi[self.VERB_KEY])
        if verb is None:
            yield Problem('unknown verb', image, place,
                          self._unknown_verb(hoi[self.VERB_KEY]))
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
        return f'category_id {verb} is not in {ids[0]}..{ids[-1]}'

    def _check_origin(self, records: List[dict]) -> Iterator[Problem]:
        """Warn if the smallest numbers speak against `bbox_origin`."""
        starts = [
            start for record in records
            for box in _list(record.get('annotations'))
            if isinstance(box, dict) for start in _list(box.get('bbox'))[:2]
            if isinstance(start, (int, float))
        ]
        if len(starts) < 2 * MIN_BOXES_FOR_ORIGIN:
            return
        if self.bbox_origin == 0 and min(starts) == 1:
            yield Problem(
                'boxes may count from 1', '', '',
                f'no box of {len(starts) // 2} begins before pixel 1; if this '
                'is so, set bbox_origin=1', False)


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


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _shown(value: object) -> str:
    """A value as text, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:57]}...'
