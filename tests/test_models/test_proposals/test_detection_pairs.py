# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.models.proposals import DetectionPairs, IoUPairSampler
from mmhoi.structures import HOIDataSample


def boxes(labels=(0, 0, 3, 5), scores=(.9, .6, .4, .05), **fields):
    corners = torch.arange(len(labels))[:, None] * 20.
    return InstanceData(
        bboxes=torch.cat([corners, corners, corners + 10, corners + 10], 1),
        labels=torch.tensor(labels, dtype=torch.long),
        scores=torch.tensor(scores),
        **fields)


def pairs_of(instances, **options):
    chosen, pairs = DetectionPairs(**options)(instances)
    assert chosen.bboxes.equal(pairs.boxes)
    corners = (pairs.boxes[:, 0] / 20).long()
    return list(
        zip(corners[pairs.sub_inds].tolist(),
            corners[pairs.obj_inds].tolist()))


@pytest.mark.parametrize(
    'options, wanted',
    [
        ({}, [(0, 1), (0, 2), (1, 0), (1, 2)]),
        (dict(max_subs=1), [(0, 1), (0, 2)]),
        (dict(max_objs=1), [(1, 0)]),
        (dict(max_humans_as_objs=0), [(0, 2), (1, 2)]),
        (dict(max_humans_as_objs=1), [(0, 2), (1, 0), (1, 2)]),
        (dict(max_humans_as_objs=0, obj_score_thr=0.), [(0, 2), (0, 3), (1, 2),
                                                        (1, 3)]),
        (dict(max_objs=1, with_itself=True), [(0, 0), (1, 0)]),
        (dict(sub_score_thr=.95), []),
        (dict(sub_score_thr=.95, fallback=1), [(0, 2)]),
        # Not needed.
        (dict(max_objs=1, fallback=1), [(1, 0)]),
    ])
def test_pairs(options, wanted):
    assert pairs_of(boxes(), **options) == wanted


@pytest.mark.parametrize('fallback', [None, 4])
@pytest.mark.parametrize('labels', [(), (0, ), (3, 5)])
def test_no_pair(labels, fallback):
    image = boxes(labels, (.9, .8)[:len(labels)], name=['x'] * len(labels))
    chosen, pairs = DetectionPairs(fallback=fallback)(image)
    assert pairs.num_pairs == 0 and len(chosen) == 0 and 'name' in chosen


def test_suppression_and_boxes_of_no_use():
    image = boxes((0, 0, 3, 5), (.9, .8, .7, .6))
    image.bboxes[1] = image.bboxes[0]
    image.bboxes[3] = image.bboxes[2]
    options = dict(max_humans_as_objs=0, nms_iou_thr=0.6)
    assert pairs_of(image, **options) == [(0, 2)]
    # Humans and objects do not suppress each other.
    image.bboxes[2] = image.bboxes[0]
    image.bboxes[3] = float('nan')
    assert pairs_of(image, **options) == [(0, 0)]


@pytest.mark.parametrize('part, options, message', [
    (DetectionPairs, dict(max_subs=-1), 'max_subs=-1; allowed'),
    (IoUPairSampler, dict(pairs={}, neg_iou_thr=.7), 'neg_iou_thr <= pos'),
    (IoUPairSampler, dict(pairs={}, max_negatives=-1), 'max_negatives=-1'),
])
def test_numbers(part, options, message):
    with pytest.raises(ValueError, match=message):
        part(**options)


def sample(pairs, image):
    """Annotated pairs of boxes of an image; object None: there is none."""
    data = HOIDataSample()
    rows = torch.tensor([sub for sub, _ in pairs], dtype=torch.long)
    objs = torch.tensor([obj or 0 for _, obj in pairs], dtype=torch.long)
    there = torch.tensor([float(obj is not None) for _, obj in pairs])
    data.gt_hoi_instances = InstanceData(
        sub_bboxes=image.bboxes[rows],
        obj_bboxes=image.bboxes[objs] * there.view(-1, 1),
        obj_labels=image.labels[objs])
    return data


def sampled(pairs, image, **options):
    sampler = IoUPairSampler(
        pairs=dict(type='DetectionPairs', max_humans_as_objs=0), **options)
    return sampler(image, sample(pairs, image))


def test_training_pairs():
    image = boxes(all_scores=torch.eye(6)[[0, 0, 3, 5]])
    chosen, pairs = sampled([(0, 2), (1, 3)], image)
    # A detected pair, both annotated ones, a detected negative.
    assert pairs.gt_inds.tolist() == [0, 0, 1, -1]
    assert pairs.sub_inds.tolist() == [0, 4, 5, 1]
    assert pairs.obj_inds.tolist() == [2, 6, 7, 2]
    assert chosen.labels.tolist() == [0, 0, 3, 5, 0, 0, 3, 5]
    assert (chosen.scores[4:] == 1).all()
    assert pairs.all_scores[4:].argmax(1).tolist() == [0, 0, 3, 5]


def test_limits():
    image = boxes()
    assert sampled([(0, 2)], image,
                   max_negatives=0)[1].gt_inds.tolist() == [0, 0]
    _, pairs = sampled([(0, 2)], image, add_annotated=False)
    assert pairs.gt_inds.tolist() == [0, -1]
    assert len(pairs.boxes) == len(image)


def test_overlap_between_the_thresholds_is_ignored():
    image = boxes()
    gt_pairs = sample([(0, 2)], image)
    gt_pairs.gt_hoi_instances.sub_bboxes[:, 2] -= 5  # IoU 0.5
    sampler = IoUPairSampler(
        pairs=dict(type='DetectionPairs', max_humans_as_objs=0))
    assert sampler(image, gt_pairs)[1].gt_inds.tolist() == [0, -1]


@pytest.mark.parametrize('pairs', [[], [(0, None)]])
def test_nothing_annotated(pairs):
    _, found = sampled(pairs, boxes())
    # Negatives are for positives.
    assert found.num_pairs == 0
    _, found = sampled(pairs, boxes(), max_negatives=None)
    assert found.gt_inds.tolist() == [-1, -1]


def test_more_classes_annotated_than_detected():
    image = boxes(all_scores=torch.rand(4, 2))
    _, pairs = sampled([(1, 3)], image)
    assert pairs.all_scores.shape == (6, 6)
