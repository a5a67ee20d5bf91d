# Copyright (c) mmhoi contributors.
"""Writes the rendered scenes as a V-COCO set as well."""
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np

from mmhoi.annotations import (hoia_records, load_coco_instances,
                               load_vcoco_labels)
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import (NUM_ROLES, VCOCO_ACTIONS,
                                            VCOCO_VERBS, VERB_ACTIONS,
                                            VERB_ROLES)
from mmhoi.utils.text_files import write_json
from .vcoco_labels import vcoco_verb

INSTANCES_NAME = 'instances_vcoco_all_2014.json'
OFFICIAL_NAMES = dict(train='vcoco_trainval.json', test='vcoco_test.json')
HOIA_NAMES = dict(train='trainval_vcoco.json', test='test_vcoco.json')


def write_vcoco(folder: Path, entries: Dict[str, List[dict]],
                offsets: Dict[str, int], size: Tuple[int, int]) -> None:
    """Write labels and boxes of all scenes in V-COCO's formats.

    Writes `vcoco_trainval.json`, `vcoco_test.json` (the official format),
    `instances_vcoco_all_2014.json` (COCO format, both splits) and
    `trainval_vcoco.json`, `test_vcoco.json` (HOIA format). Test images get
    ids after those of the training images. A person of whom the scene shows
    no action of V-COCO has no label.

    Args:
        folder (Path): Folder of the annotations.
        entries (dict[str, list[dict]]): HICO-DET entries of `train` and
            `test`, as `scene_to_entry` makes them.
        offsets (dict[str, int]): Number of the first pixel in their boxes.
        size (tuple[int, int]): Width and height of the images.
    """
    space = load_label_space('vcoco')
    images, boxes = [], []
    persons: Dict[str, List[tuple]] = {}
    for split, scenes in entries.items():
        persons[split] = []
        for entry in scenes:
            image = len(images) + 1
            images.append(
                dict(
                    id=image,
                    file_name=entry['file_name'],
                    width=size[0],
                    height=size[1]))
            first = len(boxes) + 1
            boxes += [
                _coco_box(annotation, first + i, image, offsets[split])
                for i, annotation in enumerate(entry['annotations'])
            ]
            persons[split] += _labelled_persons(entry, image, first)
    categories = [
        dict(id=i, name=name)
        for i, name in zip(space.category_ids, space.objects)
    ]
    instances = folder / INSTANCES_NAME
    write_json(instances,
               dict(images=images, annotations=boxes, categories=categories))
    for split, rows in persons.items():
        official = folder / OFFICIAL_NAMES[split]
        write_json(official, _official_actions(rows))
        # Through the reader: the formats cannot contradict each other.
        labels = load_vcoco_labels(official)
        records = hoia_records(labels,
                               load_coco_instances([instances], labels.images))
        write_json(folder / HOIA_NAMES[split], records)


def _coco_box(annotation: dict, ann_id: int, image: int, offset: int) -> dict:
    """Box of a HICO-DET entry in COCO format."""
    x1, y1, x2, y2 = (x - offset for x in annotation['bbox'])
    width, height = x2 - x1 + 1, y2 - y1 + 1
    return dict(
        id=ann_id,
        image_id=image,
        category_id=annotation['category_id'],
        bbox=[x1, y1, width, height],
        area=width * height,
        iscrowd=0)


def _labelled_persons(entry: dict, image: int, first: int) -> List[tuple]:
    """(image, annotation id, labels (26, ), role ids (26, 2)) of persons."""
    labels: Dict[int, np.ndarray] = {}
    roles: Dict[int, np.ndarray] = {}
    for hoi in entry['hoi_annotation']:
        found = vcoco_verb(hoi['hoi_category_id'] - 1)
        if found is None:
            continue
        verb, fills_role = found
        person = first + hoi['subject_id']
        action, role = VERB_ACTIONS[verb], VERB_ROLES[verb]
        labels.setdefault(person, np.zeros(len(VCOCO_ACTIONS), int))
        roles.setdefault(person, np.zeros((len(VCOCO_ACTIONS), NUM_ROLES),
                                          int))
        labels[person][action] = 1
        if fills_role and roles[person][action, role] == 0:
            roles[person][action, role] = first + hoi['object_id']
    return [(image, person, labels[person], roles[person])
            for person in sorted(labels)]


def _official_actions(rows: Sequence[tuple]) -> List[dict]:
    """Content of an official label file."""
    images, persons, labels, roles = map(list, zip(*rows))
    labels, roles = np.stack(labels), np.stack(roles)
    actions = []
    for column, name in enumerate(VCOCO_ACTIONS):
        verbs = np.flatnonzero((VERB_ACTIONS == column) & (VERB_ROLES >= 0))
        names = [VCOCO_VERBS[verb][len(name) + 1:] for verb in verbs]
        objects = roles[:, column, :len(names)].T.reshape(-1).tolist()
        actions.append(
            dict(
                action_name=name,
                role_name=['agent', *names],
                image_id=images,
                ann_id=persons,
                label=labels[:, column].tolist(),
                role_object_id=persons + objects,
                include=[[]] * (1 + len(names))))
    return actions
