# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from hoicl_golden import FOLDER
from mmengine.structures import InstanceData
from torchvision.ops import box_iou

from mmhoi.models.proposals import JitterPairSampler, ObjectImagePairSampler
from mmhoi.structures import HOIDataSample

PAIRS = torch.tensor([[10., 10, 50, 90], [60, 10, 95, 90], [0, 0, 20, 20]])


def make_sample(num_pairs, objects_only=False):
    sample = HOIDataSample(
        metainfo=dict(img_shape=(100, 100), objects_only=objects_only))
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=PAIRS[:num_pairs],
        obj_bboxes=PAIRS[:num_pairs] * 0.5,
        obj_labels=torch.arange(num_pairs) + 3)
    sample.gt_instances = InstanceData(
        bboxes=PAIRS[:2], labels=torch.tensor([4, 5]))
    return sample


def make_detections():
    boxes = torch.cat([PAIRS[:2], PAIRS[:2] * 0.5, PAIRS[2:] + 70])
    return InstanceData(
        bboxes=boxes,
        labels=torch.tensor([0, 0, 3, 4, 7]),
        scores=torch.full((5, ), 0.9))


def test_positives_come_first_with_boxes_like_the_annotated():
    sampler = JitterPairSampler(max_pairs=2, copies=3, neg_ratio=1)
    sample = make_sample(3)
    chosen, pairs = sampler(make_detections(), sample)
    assert len(chosen) == len(pairs.boxes)
    is_positive = pairs.gt_inds >= 0
    # Two of three pairs, each with three copies; one negative for each pair.
    assert is_positive.tolist() == [True] * 8 + [False] * 2
    assert len(pairs.gt_inds[is_positive].unique()) == 2
    gt = sample.gt_hoi_instances
    for boxes, inds in ((gt.sub_bboxes, pairs.sub_inds), (gt.obj_bboxes,
                                                          pairs.obj_inds)):
        copies = pairs.boxes[inds[is_positive]]
        assert (box_iou(copies, boxes)[torch.arange(8), pairs.gt_inds[:8]]
                > 0.7).all()
        assert (copies >= 0).all() and (copies <= 100).all()
    assert (pairs.labels[pairs.obj_inds[:8]] == gt.obj_labels[
        pairs.gt_inds[:8]]).all()


def test_negatives_are_no_annotated_pair():
    sample = make_sample(2)
    _, pairs = JitterPairSampler(copies=0)(make_detections(), sample)
    negatives = {(int(sub), int(obj))
                 for sub, obj in zip(pairs.sub_inds[2:], pairs.obj_inds[2:])}
    # Rows behind the four boxes of positives: each of two humans with each
    # other box, but for the two annotated pairs.
    assert negatives == {(4, 5), (4, 7), (4, 8), (5, 4), (5, 6), (5, 8)}


@pytest.mark.parametrize('num_pairs, instances', [
    (0, make_detections()),
    (1, make_detections()[:0]),
    (0, make_detections()[:0]),
])
def test_nothing_to_pair(num_pairs, instances):
    sample = make_sample(num_pairs)
    _, pairs = JitterPairSampler(copies=1)(instances, sample)
    assert pairs.num_pairs == 2 * num_pairs


def test_objects_only():
    chosen, pairs = ObjectImagePairSampler()(make_detections(),
                                             make_sample(0, True))
    assert pairs.num_pairs == 0
    assert chosen.labels.tolist() == [4, 5]
    assert ObjectImagePairSampler()(make_detections(),
                                    make_sample(1))[1].num_pairs > 0


def test_official_copies_would_be_taken():
    """They lie among what can be drawn here."""
    data = np.load(FOLDER / 'hoicl_boxes.npz')
    copies = torch.from_numpy(data['jitter_boxes'][:, 1:]).float()
    starts = np.cumsum([0, *data['jitter_counts'][:-1]])
    for start, count in zip(starts, data['jitter_counts']):
        # The first one is the box itself.
        own = copies[start:start + count]
        assert (box_iou(own, own[:1]) > 0.7).all()
        ratio = (own[:, 2:] - own[:, :2]) / (own[0, 2:] - own[0, :2])
        assert ((ratio > 0.6) & (ratio < 1.11)).all()


@pytest.mark.parametrize('options, message', [
    (dict(max_pairs=0), 'max_pairs=0'),
    (dict(copies=-1), 'copies=-1'),
    (dict(iou_thr=1.0), 'between 0 and 1'),
])
def test_wrong_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        JitterPairSampler(**options)
