# Copyright (c) mmhoi contributors.
"""Pairs over annotations that a zero-shot split withholds."""
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.structures import InstanceData

from mmhoi.datasets.transforms import PackHOIInputs
from mmhoi.label_spaces import load_label_space
from mmhoi.models.proposals import IoUPairSampler, JitterPairSampler

HUMAN, BIKE, CAR = [0., 0, 40, 90], [10., 50, 60, 95], [50., 0, 99, 40]
SAMPLERS = {
    'jitter':
    lambda **kwargs: JitterPairSampler(copies=0, **kwargs),
    'iou':
    lambda **kwargs: IoUPairSampler(
        pairs=dict(type='DetectionPairs'), add_annotated=False, **kwargs)
}


def make_sample(withheld):
    """A human on a bike, who also does something withheld with a car."""
    pairs = [dict(sub_id=0, obj_id=1, hois=[5], verbs=[1])]
    return PackHOIInputs()(dict(
        img=np.zeros((100, 100, 3), np.uint8),
        img_shape=(100, 100),
        gt_bboxes=HorizontalBoxes(torch.tensor([HUMAN, BIKE, CAR])),
        gt_bboxes_labels=np.array([0, 1, 2]),
        gt_ignore_flags=np.zeros(3, bool),
        gt_instances_ids=np.arange(3),
        gt_pairs=pairs,
        ignored_pairs=withheld,
        label_space=load_label_space('hico_det')))['data_samples']


@pytest.mark.parametrize('sampler', SAMPLERS)
@pytest.mark.parametrize('withheld, spare, num_negatives', [
    ([], True, 1),
    ([dict(sub_id=0, obj_id=2)], True, 0),
    ([dict(sub_id=0, obj_id=2)], False, 1),
    ([dict(sub_id=0, obj_id=-1)], True, 1),
    ([dict(sub_id=7, obj_id=2)], True, 1),
])
def test_withheld_pairs_are_no_negatives(sampler, withheld, spare,
                                         num_negatives):
    boxes = InstanceData(
        bboxes=torch.tensor([HUMAN, BIKE, CAR]),
        labels=torch.tensor([0, 1, 2]),
        scores=torch.full((3, ), 0.9))
    sample = make_sample(withheld)
    _, pairs = SAMPLERS[sampler](spare_withheld=spare)(boxes, sample)
    assert (pairs.gt_inds < 0).sum() == num_negatives
    assert (pairs.gt_inds >= 0).sum() == 1
