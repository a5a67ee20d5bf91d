# Copyright (c) mmhoi contributors.
"""Pairs through flip, resize and crop, as UPT and PViC have them."""
import re
from typing import Any, Dict, List

import numpy as np
import torch
from mmcv.transforms import Compose
from mmdet.structures.bbox import HorizontalBoxes, bbox_xyxy_to_cxcywh
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import TRANSFORMS
from mmhoi.setup_env import register_all_modules
from .report import Report

BOXES = dict(boxes_h='sub_bboxes', boxes_o='obj_bboxes')
PIXELS = 1e-5
#: Fields that say what goes in.
GIVEN = ('method', 'source_commit', 'image_size_hw', 'target')
_RESIZE = re.compile(r'resize_short_side_(\d+)_max_(\d+)')


def check_targets(report: Report, content: Dict[str, Any]) -> None:
    """Compare all transforms that a file holds.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `target_transforms`.
    """
    register_all_modules()
    for name, theirs in content.items():
        resize = _RESIZE.fullmatch(name)
        if name == 'hflip':
            pairs = _transformed(content,
                                 dict(type='mmdet.RandomFlip', prob=1.0))
            _check_boxes(report, name, pairs, theirs)
        elif resize:
            scale = int(resize[2]), int(resize[1])
            pairs = _transformed(content, dict(type='DETRResize', scale=scale))
            _check_boxes(report, name, pairs, theirs)
        elif name == 'normalised_boxes':
            size = content['image_size_hw']
            pairs = _transformed(content)
            for ours in BOXES.values():
                pairs[ours] = bbox_xyxy_to_cxcywh(
                    pairs[ours] / pairs[ours].new_tensor([*size[::-1]] * 2))
            _check_boxes(report, name, pairs, theirs)
        elif name.startswith('crop_'):
            _check_crop(report, name, content, theirs)
        elif name not in GIVEN:
            report.not_compared(name, 'nothing compares this part of the file')


def _transformed(content: Dict[str, Any], *transforms: Any) -> InstanceData:
    """The pairs after transforms; each has its number for its only HOI."""
    target = content['target']
    count = len(target['boxes_h'])
    steps = [
        TRANSFORMS.build(step) if isinstance(step, dict) else step
        for step in (*transforms, dict(type='PackHOIInputs'))
    ]
    shape = tuple(int(size) for size in content['image_size_hw'])
    results = dict(
        img=np.zeros((*shape, 3), np.uint8),
        img_shape=shape,
        ori_shape=shape,
        gt_bboxes=HorizontalBoxes(torch.cat([target[key] for key in BOXES])),
        gt_bboxes_labels=np.array([0] * count + [1] * count),
        gt_ignore_flags=np.zeros(2 * count, bool),
        gt_instances_ids=np.arange(2 * count),
        gt_pairs=[
            dict(sub_id=i, obj_id=count + i, hois=[i], verbs=[0])
            for i in range(count)
        ],
        label_space=load_label_space('hico_det'))
    return Compose(steps)(results)['data_samples'].gt_hoi_instances


def _check_boxes(report: Report, name: str, pairs: InstanceData,
                 theirs: Dict[str, Tensor]) -> None:
    for key, ours in BOXES.items():
        report.near(f'{name}: {key}', pairs[ours], theirs[key], PIXELS)
    report.equal(f'{name}: pairs', _numbers(pairs),
                 list(range(len(theirs['boxes_h']))))


def _numbers(pairs: InstanceData) -> List[int]:
    return pairs.hoi_labels.argmax(1).tolist()


def _check_crop(report: Report, name: str, content: Dict[str, Any],
                official: Dict[str, Any]) -> None:
    """Pairs stay if both boxes do. Officially two corners alone decide: pairs
    are lost, others keep a box without area, and `hoi` and `verb` are not
    filtered with the boxes."""
    top, left, height, width = official['region']
    crop = TRANSFORMS.build(
        dict(type='mmdet.RandomCrop', crop_size=(width, height)))
    crop._rand_offset = lambda margin: (top, left)
    pairs, theirs = _transformed(content, crop), official['target']
    numbers, target = _numbers(pairs), content['target']
    region = target['boxes_h'].new_tensor(
        [left, top, left + width, top + height])
    inside = [(torch.minimum(target[key][:, 2:], region[2:])
               > torch.maximum(target[key][:, :2], region[:2])).all(1)
              for key in BOXES]
    stay = (inside[0] & inside[1]).nonzero().flatten().tolist()
    report.same_set(f'{name}: pairs with area', numbers, stay)
    # Which ones the official code has kept is seen from `labels`.
    labels = target['labels'].tolist()
    kept = [labels.index(label) for label in theirs['labels'].tolist()]
    both = [i for i in kept if i in numbers]
    for key, ours in BOXES.items():
        report.near(f'{name}: {key} of pairs that both keep',
                    pairs[ours][[numbers.index(i) for i in both]],
                    theirs[key][[kept.index(i) for i in both]], PIXELS)
    report.note(
        f'{name}: pairs that only one side keeps',
        f'{sorted(set(numbers) - set(kept))} ours, '
        f'{sorted(set(kept) - set(numbers))} the official code; see '
        'docs/en/notes/differences.md')
