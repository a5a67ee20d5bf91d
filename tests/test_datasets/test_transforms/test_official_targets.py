# Copyright (c) mmhoi contributors.
"""Pairs through flip, resize and crop, beside UPT's and PViC's own code."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose
from mmdet.structures.bbox import HorizontalBoxes
from parity.golden_file import read_golden

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import TRANSFORMS
from mmhoi.setup_env import register_all_modules

DATA = Path(__file__).resolve().parents[2] / 'data'
OFFICIAL = read_golden(DATA / 'upt_target_transforms.pt.gz')
COUNT = len(OFFICIAL['target']['hoi'])


def pairs_after(*transforms):
    """The image's pairs, which have boxes of their own, after transforms."""
    register_all_modules()
    target = OFFICIAL['target']
    steps = [
        TRANSFORMS.build(cfg) if isinstance(cfg, dict) else cfg
        for cfg in (*transforms, dict(type='PackHOIInputs'))
    ]
    shape = tuple(OFFICIAL['image_size_hw'])
    results = dict(
        img=np.zeros((*shape, 3), np.uint8),
        img_shape=shape,
        ori_shape=shape,
        gt_bboxes=HorizontalBoxes(
            torch.cat([target['boxes_h'], target['boxes_o']])),
        gt_bboxes_labels=np.array([0] * COUNT + [1] * COUNT),
        gt_ignore_flags=np.zeros(2 * COUNT, bool),
        gt_instances_ids=np.arange(2 * COUNT),
        gt_pairs=[
            dict(sub_id=i, obj_id=COUNT + i, hois=[int(hoi)], verbs=[0])
            for i, hoi in enumerate(target['hoi'])
        ],
        label_space=load_label_space('hico_det'))
    return Compose(steps)(results)['data_samples'].gt_hoi_instances


@pytest.mark.parametrize('name, transform', [
    ('target', []),
    ('hflip', [dict(type='mmdet.RandomFlip', prob=1.0)]),
    ('resize_short_side_100_max_160',
     [dict(type='DETRResize', scale=(160, 100))]),
])
def test_equal(name, transform):
    pairs, theirs = pairs_after(*transform), OFFICIAL[name]
    torch.testing.assert_close(pairs.sub_bboxes, theirs['boxes_h'])
    torch.testing.assert_close(pairs.obj_bboxes, theirs['boxes_o'])
    assert pairs.hoi_labels.argmax(1).tolist() == theirs['hoi'].tolist()


@pytest.mark.parametrize('name, kept', [
    ('crop_a_top_left_h_w', [0, 1, 2, 4, 5]),
    ('crop_b_top_left_h_w', [2, 5]),
])
def test_crop(name, kept):
    """Pairs stay if both boxes do. Officially two corners alone decide: they
    lose pairs, and numbers of HOIs come apart from the boxes."""
    region, theirs = OFFICIAL[name]['region'], OFFICIAL[name]['target']
    top, left, height, width = region
    crop = TRANSFORMS.build(
        dict(type='mmdet.RandomCrop', crop_size=(width, height)))
    crop._rand_offset = lambda margin: (top, left)
    pairs = pairs_after(crop)
    hois = pairs.hoi_labels.argmax(1).tolist()
    assert hois == kept
    # Which pairs the official code has kept is seen from `labels`.
    rows = [hois.index(int(label) - 1) for label in theirs['labels']]
    torch.testing.assert_close(pairs.sub_bboxes[rows], theirs['boxes_h'])
    torch.testing.assert_close(pairs.obj_bboxes[rows], theirs['boxes_o'])
    assert len(theirs['hoi']) == COUNT > len(theirs['labels'])
