# Copyright (c) mmhoi contributors.
"""Images that a file lists more than once, under any spelling."""
import posixpath
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import (Dict, Iterator, List, NamedTuple, Optional, Sequence, Set,
                    Tuple)

import numpy as np

from .rules import is_box

#: Boxes of one object that two people have drawn overlap about as much.
SAME_OBJECT_IOU = 0.8


class EntryKeys(NamedTuple):
    """What the entries of a format call their parts.

    Attributes:
        boxes (str): Key of the list of boxes.
        hois (str): Key of the list of interactions.
        category (str): Key of the class of a box.
        verb (str): Key of the verb of an interaction.
    """
    boxes: str
    hois: str
    category: str
    verb: str


class RepeatedImage(NamedTuple):
    """An image with several entries.

    Attributes:
        name (str): Its first name.
        rows (list[int]): Indices of its entries, ascending.
    """
    name: str
    rows: List[int]


def repeated_images(records: Sequence,
                    folder: Optional[str] = None) -> List[RepeatedImage]:
    """Find images with several entries.

    `./a.jpg`, `x/../a.jpg`, `x//a.jpg` with one slash or two, slashes and
    backslashes, composed and decomposed letters, absolute and relative paths
    are one spelling. Small and capital letters are where the folder says so.

    Args:
        records (Sequence): Entries, of any structure.
        folder (str, optional): Folder of the images. Defaults to None: only
            the names are compared.

    Returns:
        list[RepeatedImage]: The images, in the order of their first entries.

    Examples:
        >>> names = ['a.jpg', 'b.jpg', './a.jpg', '/data/b.jpg']
        >>> repeated_images([dict(file_name=name) for name in names])
        [RepeatedImage(name='a.jpg', rows=[0, 2]), \
RepeatedImage(name='b.jpg', rows=[1, 3])]
    """
    groups: Dict[str, List[int]] = defaultdict(list)
    for row, record in enumerate(records):
        name = record.get('file_name') if isinstance(record, dict) else None
        if isinstance(name, str):
            groups[_plain(name)].append(row)
    _join_absolute(groups, folder)
    if folder is not None:
        _join_cases(groups, records, folder)
    return [
        RepeatedImage(records[rows[0]]['file_name'], rows)
        for rows in sorted(map(sorted, groups.values())) if len(rows) > 1
    ]


def case_twins(records: Sequence) -> Iterator[Tuple[str, str]]:
    """Find names of images that differ in case only.

    Args:
        records (Sequence): Entries of any structure, with `file_name`.

    Yields:
        tuple[str, str]: The first such name, and another one.

    Examples:
        >>> list(case_twins([dict(file_name=x) for x in ('a.jpg', 'A.JPG')]))
        [('a.jpg', 'A.JPG')]
    """
    first: Dict[str, str] = {}
    for record in records:
        name = record.get('file_name') if isinstance(record, dict) else None
        if isinstance(name, str):
            known = first.setdefault(_plain(name).casefold(), name)
            if _plain(known) != _plain(name):
                yield known, name


def merge_entries(entries: Sequence[dict], keys: EntryKeys) -> dict:
    """Make one entry of those of one image.

    Boxes of equal numbers and class are one, and so are interactions.

    Args:
        entries (Sequence[dict]): The entries; boxes and interactions have
            been checked for their structure.
        keys (EntryKeys): What they call boxes and interactions.

    Returns:
        dict: The first entry with the boxes and interactions of all.

    Raises:
        ValueError: If boxes of one object seem to differ between the entries,
            if an index is out of range or if the entries have other ids.

    Examples:
        >>> box = dict(bbox=[1, 1, 5, 5], category='person')
        >>> ride, hold = (dict(subject_id=0, object_id=0, verb=verb)
        ...               for verb in ('ride', 'hold'))
        >>> merged = merge_entries(
        ...     [dict(boxes=[box], hois=[verb]) for verb in (ride, hold)],
        ...     EntryKeys('boxes', 'hois', 'category', 'verb'))
        >>> len(merged['boxes']), len(merged['hois'])
        (1, 2)
    """
    ids = [e['img_id'] for e in entries if e.get('img_id') is not None]
    other = next((value for value in ids if value != ids[0]), None)
    if other is not None:
        raise ValueError(f'they have the img_ids {ids[0]!r} and {other!r}')
    boxes: List[dict] = []
    hois: List[dict] = []
    known_boxes: Dict[tuple, int] = {}
    known_hois: Set[tuple] = set()
    for entry in entries:
        # Within an entry, equal boxes and interactions stay as they are.
        here, new_index = {}, {-1: -1}
        before = list(boxes)
        for i, box in enumerate(entry[keys.boxes]):
            name = (*map(repr, map(_number, box['bbox'])), box[keys.category])
            if name not in known_boxes:
                _check_alike(box, before, keys.category)
                here.setdefault(name, len(boxes))
                new_index[i] = len(boxes)
                boxes.append(box)
            else:
                new_index[i] = known_boxes[name]
        known_boxes.update(here)
        new_hois = _moved(entry[keys.hois], new_index)
        names = [(h['subject_id'], h['object_id'], h[keys.verb])
                 for h in new_hois]
        hois += [h for h, n in zip(new_hois, names) if n not in known_hois]
        known_hois.update(names)
    return {**entries[0], keys.boxes: boxes, keys.hois: hois}


def _number(value: object) -> object:
    """3.0 as 3."""
    return int(value) if isinstance(value,
                                    float) and value.is_integer() else value


def _moved(hois: Sequence[dict], new_index: Dict[int, int]) -> List[dict]:
    """Interactions with other indices of boxes."""
    try:
        return [
            dict(
                hoi,
                subject_id=new_index[hoi['subject_id']],
                object_id=new_index[hoi['object_id']]) for hoi in hois
        ]
    except KeyError as error:
        raise ValueError(f'index {error} of a box is out of range') from error


def _check_alike(box: dict, others: List[dict], category: str) -> None:
    """Refuse a box that is nearly that of another entry."""
    others = [
        other['bbox'] for other in others
        if other[category] == box[category] and is_box(other['bbox'])
    ]
    if not others or not is_box(box['bbox']):
        return
    overlaps = _overlaps(np.array(box['bbox'], float), np.array(others, float))
    if overlaps.max() > SAME_OBJECT_IOU:
        raise ValueError(
            f'bbox {box["bbox"]} and {others[int(overlaps.argmax())]} seem '
            'to be the same object, drawn twice')


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """IoU of a box with others, shape (N, )."""
    inner = np.clip(
        np.minimum(box[2:], others[:, 2:]) -
        np.maximum(box[:2], others[:, :2]), 0, None).prod(1)
    union = (box[2:] - box[:2]).prod() + (others[:, 2:] -
                                          others[:, :2]).prod(1) - inner
    return np.divide(inner, union, out=np.zeros_like(inner), where=union > 0)


def _plain(name: str) -> str:
    """The name in one spelling."""
    if name.isascii() and '\\' not in name and './' not in name \
            and '//' not in name:
        return name
    name = unicodedata.normalize('NFC', name.replace('\\', '/'))
    # Two leading slashes have a meaning of their own in POSIX.
    return posixpath.normpath(name.replace('//', '/'))


def _join_absolute(groups: Dict[str, List[int]],
                   folder: Optional[str]) -> None:
    """Put absolute paths to the relative ones that they end with."""
    absolute = [name for name in groups if _is_absolute(name)]
    if not absolute or len(absolute) == len(groups):
        return
    base = None if folder is None else _plain(
        Path(folder).absolute().as_posix())
    for name in absolute:
        parts = name.split('/')
        tails = ('/'.join(parts[i:]) for i in range(1, len(parts)))
        if base is not None:
            tails = (posixpath.relpath(name, base), )
        for tail in tails:
            if tail in groups and tail not in absolute:
                groups[tail] += groups.pop(name)
                break


def _is_absolute(name: str) -> bool:
    return name.startswith('/') or name[1:3] == ':/'


def _join_cases(groups: Dict[str, List[int]], records: Sequence[dict],
                folder: str) -> None:
    """Join names that differ in case only and are one file."""
    by_case: Dict[str, List[str]] = defaultdict(list)
    for name in groups:
        by_case[name.casefold()].append(name)
    for names in by_case.values():
        for name in names[1:]:
            if _is_same(
                    folder,
                    *(records[groups[n][0]]['file_name']
                      for n in (names[0], name))):
                groups[names[0]] += groups.pop(name)


def _is_same(folder: str, first: str, second: str) -> bool:
    """Whether two names are one file."""
    paths: Tuple[Path, Path] = (Path(folder, first), Path(folder, second))
    try:
        return paths[0].samefile(paths[1])
    except OSError:
        return False
