# Copyright (c) mmhoi contributors.
"""V-COCO's files and arrays, rebuilt from those in tests/data."""
import json
from pathlib import Path

import numpy as np

from mmhoi.label_spaces.vcoco_roles import (VCOCO_ACTIONS, VCOCO_VERBS,
                                            VERB_ACTIONS)
from mmhoi.structures import VCOCODetections, VCOCOGroundTruth

DATA = Path(__file__).parent / 'data'
GOLDEN = DATA / 'vcoco_gt.npz'
DETECTION_KEYS = ('det_image', 'det_box', 'agent_row', 'agent_label',
                  'agent_score', 'role_row', 'role_label', 'role_box',
                  'role_score')


def vcoco_actions(golden: dict) -> list:
    """Content of the official label file."""
    content = []
    for column, name in enumerate(VCOCO_ACTIONS):
        verbs = [
            VCOCO_VERBS[v] for v in np.flatnonzero(VERB_ACTIONS == column)
        ]
        roles = ['agent'] + [v[len(name) + 1:] for v in verbs if v != name]
        objects = [golden['label_ann_id']] + [
            golden['label_role_ann_id'][:, column, r]
            for r in range(len(roles) - 1)
        ]
        content.append(
            dict(
                action_name=name,
                role_name=roles,
                image_id=golden['label_image_id'].tolist(),
                ann_id=golden['label_ann_id'].tolist(),
                label=golden['label'][:, column].tolist(),
                role_object_id=np.concatenate(objects).tolist(),
                include=[[]] * len(roles)))
    return content


def coco_instances(golden: dict) -> dict:
    """Content of the COCO file."""
    return dict(
        images=[
            dict(
                id=int(image),
                width=int(width),
                height=int(height),
                file_name=f'COCO_val2014_{image:012d}.jpg')
            for image, (width,
                        height) in zip(golden['image_id'], golden['image_wh'])
        ],
        annotations=[
            dict(
                id=int(golden['ann_id'][i]),
                image_id=int(golden['ann_image_id'][i]),
                category_id=int(golden['ann_category'][i]),
                bbox=golden['ann_xywh'][i].tolist(),
                area=float(golden['ann_area'][i]),
                iscrowd=int(golden['ann_iscrowd'][i]),
                ignore=int(golden['ann_ignore'][i]))
            for i in range(len(golden['ann_id']))
        ])


def write_files(folder: Path, golden: dict) -> tuple:
    """Write both files and return their paths."""
    labels, instances = folder / 'vcoco.json', folder / 'instances.json'
    labels.write_text(json.dumps(vcoco_actions(golden)))
    instances.write_text(json.dumps(coco_instances(golden)))
    return labels, instances


def official_slice() -> tuple:
    """Arrays of vcoco_official_slice.npz, ground truth and detections.

    The ground truth has all 26 actions; nobody does those that are not in the
    file.
    """
    golden = dict(np.load(DATA / 'vcoco_official_slice.npz'))
    persons = len(golden['person_image'])
    actions = golden['person_action'][:, :1].repeat(26, 1).clip(max=0)
    boxes = np.full((persons, 26, 2, 4), np.nan, np.float32)
    actions[:, golden['actions']] = golden['person_action']
    boxes[:, golden['actions']] = golden['person_role_box']
    gt = VCOCOGroundTruth(golden['person_image'], golden['person_box'],
                          actions, boxes)
    return golden, gt, VCOCODetections(*(golden[key]
                                         for key in DETECTION_KEYS))
