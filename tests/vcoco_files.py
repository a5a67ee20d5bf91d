# Copyright (c) mmhoi contributors.
"""V-COCO's files, rebuilt from the arrays of tests/data/vcoco_gt.npz."""
import json
from pathlib import Path

import numpy as np

from mmhoi.evaluation.functional.vcoco_arrays import (VCOCO_ACTIONS,
                                                      VCOCO_VERBS,
                                                      VERB_ACTIONS)

GOLDEN = Path(__file__).parent / 'data' / 'vcoco_gt.npz'


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
