# Copyright (c) mmhoi contributors.
"""HICO-DET as instances_{train,test}2015.json of fredzzhang/hicodet."""
from pathlib import Path
from typing import List, Sequence, Union

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.text_files import read_json
from .annotation_report import AnnotationReport
from .hoia_writing import hoia_record

KEYS = ('annotation', 'filenames', 'objects', 'verbs')
PAIR_KEYS = ('boxes_h', 'boxes_o', 'hoi', 'object', 'verb')
OFFICIAL_ORIGIN = 1

BAD_IMAGE = 'image entry that cannot be read, left out'
UNKNOWN_HOI = 'pair with an unknown HOI or a box that is not finite, left out'
CONTRADICTION = ('pair whose object or verb is not that of its HOI, of which '
                 'the latter is used')
REMEDY = ('get instances_train2015.json and instances_test2015.json from the '
          'repository fredzzhang/hicodet')


def load_instances(path: Union[str, Path]) -> dict:
    """Read the file and check its structure.

    Args:
        path (str | Path): The json file.

    Returns:
        dict: Its content.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged or of another kind.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; {REMEDY}')
    try:
        content = read_json(path)
    except ValueError as error:
        raise ValueError(f'{path} is not valid JSON ({error}); it may be '
                         f'incomplete: {REMEDY}') from error
    missing = [
        key for key in KEYS if not isinstance(content, dict)
        or not isinstance(content.get(key), list)
    ]
    if missing:
        raise ValueError(f'{path} lacks the lists {", ".join(missing)}; '
                         f'{REMEDY}')
    if len(content['annotation']) != len(content['filenames']):
        raise ValueError(
            f'{path} has {len(content["annotation"])} annotations for '
            f'{len(content["filenames"])} file names; {REMEDY}')
    return content


def label_order(names: Sequence[str], known: Sequence[str],
                kind: str) -> np.ndarray:
    """Index in the label space of each name of the file.

    Two orders of the objects circulate, the alphabet's and COCO's; the names
    in the file tell which one it has.

    Args:
        names (Sequence[str]): Names in the file's order.
        known (Sequence[str]): Names in the order of the label space.
        kind (str): `objects` or `verbs`, for the message.

    Returns:
        np.ndarray: An index for each name, shape (N, ).

    Raises:
        ValueError: If the names are others.

    Examples:
        >>> label_order(['dog', 'wine glass'], ['wine_glass', 'dog'],
        ...             'objects')
        array([1, 0])
    """
    plain = [str(name).replace('_', ' ') for name in names]
    index_of = {name.replace('_', ' '): i for i, name in enumerate(known)}
    if sorted(plain) != sorted(index_of):
        differing = sorted(set(plain) ^ set(index_of)) or ['a repeated name']
        raise ValueError(
            f'`{kind}` of the file are not the {len(known)} of HICO-DET; '
            f'differing: {", ".join(differing[:5])}; {REMEDY}')
    return np.array([index_of[name] for name in plain])


def instances_records(content: dict, space: LabelSpace, origin: int,
                      report: AnnotationReport) -> List[dict]:
    """HOIA entries of all images, those without pairs too.

    Args:
        content (dict): What `load_instances` returns.
        space (LabelSpace): Tables of HICO-DET.
        origin (int): Number to give to the first pixel column and row, 1 for
            the official numbers, which the file has, or 0.
        report (AnnotationReport): Takes what is left out or odd.

    Returns:
        list[dict]: One entry per image, in the order of the file.

    Raises:
        ValueError: If `objects` or `verbs` are not those of HICO-DET.
    """
    objects = label_order(content['objects'], space.objects, 'objects')
    verbs = label_order(content['verbs'], space.verbs, 'verbs')
    records = []
    for index, (name, entry) in enumerate(
            zip(content['filenames'], content['annotation'])):
        place = f'{name} annotation[{index}]'
        try:
            boxes, labels = _read_pairs(entry)
            keep = _check_pairs(boxes, labels, objects, verbs, space, place,
                                report)
            boxes = boxes[:, keep] + origin - OFFICIAL_ORIGIN
            records.append(
                hoia_record(name, *boxes, labels[0, keep].tolist(), space))
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            report.add(BAD_IMAGE, f'{place}: {type(error).__name__} {error}')
    return records


def _read_pairs(entry: dict) -> Sequence[np.ndarray]:
    """Boxes of both kinds (2, P, 4) and HOI, object, verb (3, P)."""
    boxes = np.array(
        [np.array(entry[key], float).reshape(-1, 4) for key in PAIR_KEYS[:2]])
    labels = np.array([np.array(entry[key], int) for key in PAIR_KEYS[2:]])
    if boxes.shape[1] != labels.shape[1]:
        raise ValueError(f'{boxes.shape[1]} pairs of boxes, but '
                         f'{labels.shape[1]} HOIs')
    return boxes, labels


def _check_pairs(boxes: np.ndarray, labels: np.ndarray, objects: np.ndarray,
                 verbs: np.ndarray, space: LabelSpace, place: str,
                 report: AnnotationReport) -> np.ndarray:
    """Pairs that can be used, bool (P, ); counts those that are odd."""
    hois, obj_labels, verb_labels = labels
    keep = ((hois >= 0) & (hois < len(space.hois))
            & np.isfinite(boxes).all((0, 2)))
    known = keep & np.isin(obj_labels, np.arange(len(objects))) & np.isin(
        verb_labels, np.arange(len(verbs)))
    fits = np.zeros(len(hois), bool)
    fits[known] = (
        (objects[obj_labels[known]] == space.hoi_objects[hois[known]])
        & (verbs[verb_labels[known]] == space.hoi_verbs[hois[known]]))
    for pair in np.flatnonzero(~keep):
        report.add(UNKNOWN_HOI, f'{place}.hoi[{pair}]')
    for pair in np.flatnonzero(keep & ~fits):
        report.add(CONTRADICTION, f'{place}.hoi[{pair}]')
    return keep
