# Copyright (c) mmhoi contributors.
"""V-COCO's own label files and the COCO instances that they refer to."""
import math
from pathlib import Path
from typing import List, NamedTuple, Sequence, Union

import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import (NUM_ROLES, VCOCO_ACTIONS,
                                            VCOCO_VERBS, VERB_ACTIONS)
from mmhoi.utils.text_files import read_json

LABEL_KEYS = ('action_name', 'role_name', 'image_id', 'ann_id', 'label',
              'role_object_id')
ANNOTATION_KEYS = ('id', 'image_id', 'category_id', 'bbox')
IMAGE_KEYS = ('id', 'file_name', 'width', 'height')
LABEL_REMEDY = ('get vcoco_train.json, vcoco_val.json, vcoco_trainval.json or '
                'vcoco_test.json from the repository s-gupta/v-coco')
INSTANCE_REMEDY = (
    "give COCO's instances_train2014.json and instances_val2014.json, or "
    'instances_vcoco_all_2014.json')


class VCOCOLabels(NamedTuple):
    """Labels of P persons.

    Attributes:
        images (np.ndarray): COCO image id of each person, (P, ).
        ann_ids (np.ndarray): COCO annotation id of each person, (P, ).
        labels (np.ndarray): Whether the person does each of the 26 actions,
            0 or 1, int8, shape (P, 26).
        role_ann_ids (np.ndarray): Annotation id of the object in each role, 0
            for none, shape (P, 26, 2).
    """
    images: np.ndarray
    ann_ids: np.ndarray
    labels: np.ndarray
    role_ann_ids: np.ndarray


class COCOInstances(NamedTuple):
    """B images and the N boxes in them.

    Attributes:
        image_ids (np.ndarray): Ids of the images, ascending, (B, ).
        image_wh (np.ndarray): Their width and height in pixels, (B, 2).
        file_names (Sequence[str]): Their files, length B.
        images (np.ndarray): Image id of each box, (N, ).
        ann_ids (np.ndarray): Its annotation id, (N, ).
        categories (np.ndarray): Its COCO category id, 1..90, (N, ).
        xywh (np.ndarray): Its left, top, width and height in pixels, (N, 4).
        areas (np.ndarray): Its area, (N, ).
        ignored (np.ndarray): Whether COCO says to ignore it, bool, (N, ).
    """
    image_ids: np.ndarray
    image_wh: np.ndarray
    file_names: Sequence[str]
    images: np.ndarray
    ann_ids: np.ndarray
    categories: np.ndarray
    xywh: np.ndarray
    areas: np.ndarray
    ignored: np.ndarray


def load_vcoco_labels(path: Union[str, Path]) -> VCOCOLabels:
    """Read vcoco_{train,val,trainval,test}.json.

    Args:
        path (str | Path): A list of 26 dicts, one for each action, about the
            same persons.

    Returns:
        VCOCOLabels: In the order of the file, actions in the official order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged or of another kind.
    """
    actions = _read_json(path, LABEL_REMEDY)
    if not isinstance(actions, list) or not all(
            isinstance(action, dict) for action in actions):
        raise ValueError(f'{path} must hold a list with a dict for each '
                         f'action; {LABEL_REMEDY}')
    _check_keys(path, '', actions, LABEL_KEYS, LABEL_REMEDY)
    by_name = {str(action['action_name']): action for action in actions}
    if set(by_name) != set(VCOCO_ACTIONS) or len(actions) != len(by_name):
        differing = sorted(set(by_name) ^ set(VCOCO_ACTIONS))
        raise ValueError(
            f'{path} must hold each of the {len(VCOCO_ACTIONS)} actions once; '
            f'it has {len(actions)} entries, differing: '
            f'{", ".join(differing) or "none"}; {LABEL_REMEDY}')
    ordered = [by_name[name] for name in VCOCO_ACTIONS]
    images = _integers(path, ordered[0], 'image_id')
    ann_ids = _integers(path, ordered[0], 'ann_id', len(images))
    labels = np.zeros((len(images), len(ordered)), np.int8)
    roles = np.zeros((len(images), len(ordered), NUM_ROLES), np.int64)
    for column, action in enumerate(ordered):
        _check_roles(path, action, column)
        for key, expected in (('image_id', images), ('ann_id', ann_ids)):
            _check_parallel(path, action, key, expected)
        labels[:, column] = _labels(path, action, len(images))
        flat = _integers(path, action, 'role_object_id',
                         len(images) * len(action['role_name']))
        # One row for each role; the first is the agent, the person itself.
        rows = flat.reshape(len(action['role_name']), len(images))[1:]
        roles[:, column, :len(rows)] = rows.T
    repeated = _repeated(ann_ids)
    if len(repeated):
        raise ValueError(f'{path}: person ann_id[{repeated[0]}]='
                         f'{ann_ids[repeated[0]]} occurs twice; '
                         f'{LABEL_REMEDY}')
    return VCOCOLabels(images, ann_ids, labels, roles)


def load_coco_instances(paths: Sequence[Union[str, Path]],
                        image_ids: np.ndarray) -> COCOInstances:
    """Read the boxes of some images from COCO instance files.

    Args:
        paths (Sequence[str | Path]): Files in COCO format, which together
            hold all the images.
        image_ids (np.ndarray): Ids of the wanted images.

    Returns:
        COCOInstances: Boxes in the order of the files.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is damaged, an image is missing or two entries
            share an id.
    """
    wanted = set(np.asarray(image_ids).tolist())
    images, boxes = [], []
    for path in paths:
        table = _read_json(path, INSTANCE_REMEDY)
        if not isinstance(table, dict) or not all(
                isinstance(table.get(key), list)
                for key in ('images', 'annotations')):
            raise ValueError(f'{path} must hold a dict with the lists `images`'
                             f' and `annotations`; {INSTANCE_REMEDY}')
        _check_keys(path, 'images', table['images'], IMAGE_KEYS,
                    INSTANCE_REMEDY)
        _check_keys(path, 'annotations', table['annotations'], ANNOTATION_KEYS,
                    INSTANCE_REMEDY)
        _check_images(path, table['images'])
        _check_boxes(path, table['annotations'])
        images += [x for x in table['images'] if x['id'] in wanted]
        boxes += [x for x in table['annotations'] if x['image_id'] in wanted]
    images.sort(key=lambda image: image['id'])
    found = np.array([image['id'] for image in images], np.int64)
    names = ', '.join(map(str, paths))
    missing = sorted(wanted.difference(found.tolist()))
    if missing:
        raise ValueError(f'{names}: {len(missing)} of {len(wanted)} images are'
                         f' missing, first {missing[0]}; {INSTANCE_REMEDY}')
    ann_ids = np.array([box['id'] for box in boxes], np.int64)
    for kind, ids in (('image', found), ('annotation', ann_ids)):
        if len(_repeated(ids)):
            raise ValueError(
                f'{names}: {kind} id {ids[_repeated(ids)[0]]} occurs twice; '
                'give files that do not overlap')
    return COCOInstances(
        found, _table([(x['width'], x['height']) for x in images], 2),
        [image['file_name'] for image in images],
        np.array([box['image_id'] for box in boxes], np.int64), ann_ids,
        np.array([box['category_id'] for box in boxes], np.int64),
        _table([box['bbox'] for box in boxes], 4),
        np.array([box.get('area', np.prod(box['bbox'][2:])) for box in boxes]),
        np.array([box.get('ignore', 0) == 1 for box in boxes], bool))


def _read_json(path: Union[str, Path], remedy: str) -> object:
    """Content of a json file, ValueError if it is damaged."""
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; {remedy}')
    try:
        return read_json(path)
    except ValueError as error:
        raise ValueError(f'{path} is not valid JSON ({error}); it may be '
                         f'incomplete: {remedy}') from error


def _check_keys(path: Union[str, Path], name: str, entries: List[dict],
                keys: Sequence[str], remedy: str) -> None:
    """Raise ValueError at the first entry that lacks a key."""
    for index, entry in enumerate(entries):
        missing = [
            key for key in keys
            if not isinstance(entry, dict) or key not in entry
        ]
        if missing:
            raise ValueError(f'{path}: {name}[{index}] lacks '
                             f'{", ".join(missing)}; {remedy}')


def _check_images(path: Union[str, Path], images: List[dict]) -> None:
    """Raise ValueError at the first image without id or size."""
    for index, image in enumerate(images):
        values = [image[key] for key in ('id', 'width', 'height')]
        if not all(_is_whole(x) and x > 0 for x in values):
            raise ValueError(
                f'{path}: images[{index}] has id, width and height {values}; '
                f'expected positive whole numbers; {INSTANCE_REMEDY}')


def _check_boxes(path: Union[str, Path], boxes: List[dict]) -> None:
    """Raise ValueError at the first box that is no COCO box."""
    known = load_label_space('vcoco').category_ids
    for index, box in enumerate(boxes):
        bbox = box['bbox']
        is_box = isinstance(bbox, list) and len(bbox) == 4 and all(
            _is_whole(x) or isinstance(x, float) and math.isfinite(x)
            for x in (*bbox, box.get('area', 0)))
        are_ids = _is_whole(box['id']) and _is_whole(box['image_id'])
        if not (is_box and are_ids and box['category_id'] in known):
            raise ValueError(
                f'{path}: annotations[{index}] of image {box["image_id"]} has '
                f'id {box["id"]}, bbox {bbox}, category_id '
                f'{box["category_id"]} and area {box.get("area")}; expected '
                'whole numbers as ids, four finite numbers x, y, width, '
                'height, a COCO category id of 1..90 and a finite area; '
                f'{INSTANCE_REMEDY}')


def _integers(path: Union[str, Path],
              action: dict,
              key: str,
              length: int = -1) -> np.ndarray:
    """A list of whole numbers of an action, int64."""
    values = action[key]
    if not isinstance(values, list) or not all(
            isinstance(x, (int, float)) and abs(x) < 2**53 and x == int(x)
            for x in values):
        raise ValueError(f'{path}: `{key}` of action '
                         f'{action["action_name"]} must hold whole numbers; '
                         f'{LABEL_REMEDY}')
    if length not in (-1, len(values)):
        raise ValueError(
            f'{path}: `{key}` of action {action["action_name"]} has '
            f'{len(values)} entries, expected {length}; {LABEL_REMEDY}')
    return np.array(values, dtype=np.int64)


def _labels(path: Union[str, Path], action: dict, length: int) -> np.ndarray:
    """Labels 0 or 1 of an action."""
    values = _integers(path, action, 'label', length)
    wrong = np.flatnonzero((values != 0) & (values != 1))
    if len(wrong):
        raise ValueError(
            f'{path}: label[{wrong[0]}] of action {action["action_name"]} is '
            f'{values[wrong[0]]}, expected 0 or 1; {LABEL_REMEDY}')
    return values


def _check_parallel(path: Union[str, Path], action: dict, key: str,
                    expected: np.ndarray) -> None:
    """Raise ValueError if an action is about other persons."""
    values = _integers(path, action, key, len(expected))
    differing = np.flatnonzero(values != expected)
    if len(differing):
        index = differing[0]
        raise ValueError(
            f'{path}: {key}[{index}] of action {action["action_name"]} is '
            f'{values[index]}, but {expected[index]} for '
            f'{VCOCO_ACTIONS[0]}; all actions must list the same persons; '
            f'{LABEL_REMEDY}')


def _check_roles(path: Union[str, Path], action: dict, column: int) -> None:
    """Raise ValueError if the roles are not those of V-COCO."""
    name = VCOCO_ACTIONS[column]
    verbs = [VCOCO_VERBS[v] for v in np.flatnonzero(VERB_ACTIONS == column)]
    expected = ['agent'] + [v[len(name) + 1:] for v in verbs if v != name]
    if action['role_name'] != expected:
        raise ValueError(f'{path}: action {name} has the roles '
                         f'{action["role_name"]}, expected {expected}; '
                         f'{LABEL_REMEDY}')


def _is_whole(value: object) -> bool:
    """Whether json has it as a whole number that a double holds exactly."""
    return isinstance(value, int) and abs(value) < 2**53


def _repeated(ids: np.ndarray) -> np.ndarray:
    """Indices of ids that occurred before."""
    _, first = np.unique(ids, return_index=True)
    return np.setdiff1d(np.arange(len(ids)), first)


def _table(rows: Sequence[Sequence[float]], width: int) -> np.ndarray:
    """Rows as an array of shape (len(rows), width), also without rows."""
    return np.array(rows, np.float64).reshape(-1, width)
