# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.models.heads import LinearVerbClassifier
from mmhoi.models.heads.class_set import load_class_set
from mmhoi.models.heads.pair_targets import pair_targets
from mmhoi.models.task_modules import HOIHungarianAssigner
from mmhoi.structures import HOIDataSample

LAYERS, QUERIES, OBJECTS, VERBS = 2, 4, 80, 117
SHAPES = ((100, 200), (50, 80))
#: Boxes of two pairs, normalised cxcywh.
SUBS = torch.tensor([[.2, .3, .2, .4], [.7, .5, .4, .6]])
OBJS = torch.tensor([[.3, .5, .3, .2], [.6, .6, .2, .2]])


def to_pixels(boxes, shape):
    height, width = shape
    centres, halves = boxes[:, :2], boxes[:, 2:] / 2
    boxes = torch.cat([centres - halves, centres + halves], 1)
    return boxes * torch.tensor([width, height, width, height])


def make_samples(num_pairs):
    samples = []
    for count, shape in zip(num_pairs, SHAPES):
        sample = HOIDataSample(metainfo=dict(img_shape=shape))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=to_pixels(SUBS[:count], shape),
            obj_bboxes=to_pixels(OBJS[:count], shape),
            obj_labels=torch.tensor([3, 4])[:count],
            verb_labels=torch.eye(VERBS)[[7, 9]][:count],
            hoi_labels=torch.zeros(count, 600))
        samples.append(sample)
    return samples


@pytest.fixture
def outputs():
    """Query 2 predicts the first pair, query 0 the second one; in the other
    layer queries 1 and 3."""
    boxes = torch.full((LAYERS, len(SHAPES), QUERIES, 4), .05)
    sub_bboxes, obj_bboxes = boxes, boxes.clone()
    for layer, queries in enumerate(([2, 0], [1, 3])):
        sub_bboxes[layer][:, queries] = SUBS
        obj_bboxes[layer][:, queries] = OBJS
    shape = LAYERS, len(SHAPES), QUERIES
    return dict(
        interaction_logits=torch.zeros(*shape, VERBS),
        obj_logits=torch.zeros(*shape, OBJECTS + 1),
        sub_bboxes=sub_bboxes,
        obj_bboxes=obj_bboxes)


def targets_of(outputs, num_pairs, **options):
    assigner = HOIHungarianAssigner(
        match_costs=[dict(type='mmhoi.HOIBBoxL1Cost')])
    classifier = LinearVerbClassifier(8, load_class_set('hico_det'))
    return pair_targets(outputs, make_samples(num_pairs), assigner, classifier)


def test_matched_queries(outputs):
    targets = targets_of(outputs, (2, 1))
    # Queries of the images in turn, and their pairs.
    matched = ([(0, 0, 1), (0, 2, 0), (1, 2, 0)], [(0, 1, 0), (0, 3, 1),
                                                   (1, 1, 0)])
    for layer, rows in zip(targets, matched):
        assert layer['num_pairs'].item() == 3
        assert layer['matched'].nonzero().tolist() == [[i, q]
                                                       for i, q, _ in rows]
        for row, (image, query, pair) in enumerate(rows):
            shape = SHAPES[image]
            labels = layer['interaction_labels'][image, query]
            assert labels.nonzero().tolist() == [[[7], [9]][pair]]
            assert layer['obj_labels'][image, query] == [3, 4][pair]
            torch.testing.assert_close(layer['sub_bboxes'][row],
                                       to_pixels(SUBS, shape)[pair])
            torch.testing.assert_close(layer['obj_bboxes'][row],
                                       to_pixels(OBJS, shape)[pair])
            assert layer['scale'][row].tolist() == [*shape[::-1]] * 2


def test_queries_without_a_pair_are_background(outputs):
    for layer in targets_of(outputs, (2, 1)):
        rest = ~layer['matched']
        assert (layer['obj_labels'][rest] == OBJECTS).all()
        assert not layer['interaction_labels'][rest].any()


def test_no_pairs_at_all(outputs):
    for layer in targets_of(outputs, (0, 0)):
        assert not layer['matched'].any() and layer['num_pairs'] == 0
        assert layer['sub_bboxes'].shape == layer['scale'].shape == (0, 4)
        assert (layer['obj_labels'] == OBJECTS).all()
