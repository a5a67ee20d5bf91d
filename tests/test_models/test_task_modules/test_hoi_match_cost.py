# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData
from torchvision.ops import generalized_box_iou

from mmhoi.models.task_modules import (HOIBBoxL1Cost, HOIClassCost,
                                       HOIHungarianAssigner, HOIIoUCost,
                                       HOIObjectCost)

META = dict(img_shape=(100, 200))


@pytest.fixture
def pred():
    return InstanceData(
        interaction_logits=torch.tensor([[4., -4., 0.], [-3., 2., 1.]]),
        obj_logits=torch.tensor([[2., 0., 0.], [0., 3., 0.]]),
        sub_bboxes=torch.tensor([[0., 0., 50., 50.], [60., 10., 90., 80.]]),
        obj_bboxes=torch.tensor([[20., 20., 80., 90.], [5., 5., 25., 30.]]))


@pytest.fixture
def pairs():
    """The second pair has no object."""
    return InstanceData(
        interaction_labels=torch.tensor([[1., 0., 1.], [0., 1., 0.]]),
        obj_labels=torch.tensor([0, 1]),
        sub_bboxes=torch.tensor([[2., 0., 48., 55.], [62., 5., 95., 80.]]),
        obj_bboxes=torch.tensor([[20., 25., 80., 95.], [0., 0., 0., 0.]]))


def test_class_cost(pred, pairs):
    cost = HOIClassCost(weight=2.0)(pred, pairs)
    p = pred.interaction_logits[0].sigmoid()
    expected = -((p[0] + p[2]) / 2.0001 + (1 - p[1]) / 1.0001)
    assert cost[0, 0].item() == pytest.approx(expected.item(), rel=1e-5)


def test_object_cost(pred, pairs):
    cost = HOIObjectCost()(pred, pairs)
    assert torch.equal(cost, -pred.obj_logits.softmax(-1)[:, [0, 1]])


def test_l1_cost_is_the_larger_one(pred, pairs):
    cost = HOIBBoxL1Cost()(pred, pairs, META)
    # centre and size of (0, 0, 50, 50) and (2, 0, 48, 55), normalised
    sub = 0 / 200 + 2.5 / 100 + 4 / 200 + 5 / 100
    obj = 5 / 100
    assert cost[0, 0].item() == pytest.approx(max(sub, obj), abs=1e-6)


def test_iou_cost_is_the_larger_one(pred, pairs):
    cost = HOIIoUCost()(pred, pairs, META)
    expected = torch.max(
        -generalized_box_iou(pred.sub_bboxes, pairs.sub_bboxes),
        -generalized_box_iou(pred.obj_bboxes, pairs.obj_bboxes))
    torch.testing.assert_close(cost[:, 0], expected[:, 0])


def test_pair_without_object_costs_its_human(pred, pairs):
    moved = pred.clone()
    moved.obj_bboxes = pred.obj_bboxes + 7
    for cost in (HOIBBoxL1Cost(), HOIIoUCost()):
        before, after = cost(pred, pairs, META), cost(moved, pairs, META)
        assert torch.equal(before[:, 1], after[:, 1])
        assert not torch.equal(before[:, 0], after[:, 0])


def test_official_cost_without_object(pred, pairs):
    cost = HOIIoUCost(weight=2.0, absent_object='sum')(pred, pairs, META)
    sub_cost = -generalized_box_iou(pred.sub_bboxes, pairs.sub_bboxes[1:])
    obj_cost = -generalized_box_iou(pred.obj_bboxes, pairs.obj_bboxes[1:])
    expected = 2 * torch.max(sub_cost, sub_cost + obj_cost)
    torch.testing.assert_close(cost[:, 1:], expected)
    assert (expected > 2 * sub_cost).any()
    torch.testing.assert_close(cost[:, 0], 2 * HOIIoUCost()(pred, pairs)[:, 0])


def test_unknown_cost_without_object():
    with pytest.raises(ValueError, match='absent_object="none"'):
        HOIIoUCost(absent_object='none')


@pytest.mark.parametrize(
    'cost_type', [HOIBBoxL1Cost, HOIClassCost, HOIIoUCost, HOIObjectCost])
def test_weight_counts_once(pred, pairs, cost_type):
    torch.testing.assert_close(
        cost_type(weight=3.0)(pred, pairs, META),
        3 * cost_type()(pred, pairs, META))


def test_assigner(pred, pairs):
    assigner = HOIHungarianAssigner(match_costs=[
        dict(type='mmhoi.HOIObjectCost'),
        dict(type='mmhoi.HOIIoUCost', weight=2.0)
    ])
    result = assigner.assign(pred, pairs, META)
    assert result.gt_inds.tolist() == [1, 2]
    assert result.labels.tolist() == [0, 1]
    assert 'labels' not in pairs
    none = assigner.assign(pred, pairs[:0], META)
    assert none.gt_inds.tolist() == [0, 0]


@pytest.mark.parametrize('num_pairs', [(2, 1), (0, 2), (0, 0)])
def test_batch_is_matched_as_its_images_are(num_pairs):
    assigner = HOIHungarianAssigner(match_costs=[
        dict(type=cost)
        for cost in (HOIClassCost, HOIObjectCost, HOIBBoxL1Cost, HOIIoUCost)
    ])
    torch.manual_seed(0)
    layers, images, queries, most = 3, 2, 5, max(num_pairs)
    sizes = torch.tensor([[100.], [60.]]), torch.tensor([[200.], [80.]])

    def boxes(count):
        corner = torch.rand(layers, images, count, 2) * 30
        return torch.cat([corner, corner + 5 + torch.rand_like(corner) * 20],
                         -1)

    shape = layers, images, queries
    pred = InstanceData(
        interaction_logits=torch.randn(*shape, 4),
        obj_logits=torch.randn(*shape, 3),
        sub_bboxes=boxes(queries),
        obj_bboxes=boxes(queries))
    labels = (torch.rand(layers, images, most, 4) > 0.5).float()
    gt = InstanceData(
        interaction_labels=labels,
        obj_labels=torch.randint(0, 2, (layers, images, most)),
        sub_bboxes=boxes(most),
        obj_bboxes=boxes(most))
    matched = assigner.assign_batch(pred, gt, num_pairs, dict(img_shape=sizes))
    assert matched.shape == shape
    for layer in range(layers):
        for i, count in enumerate(num_pairs):
            single = assigner.assign(
                InstanceData(**{
                    name: value[layer, i]
                    for name, value in pred.items()
                }),
                InstanceData(**{
                    name: value[layer, i, :count]
                    for name, value in gt.items()
                }), dict(img_shape=(sizes[0][i], sizes[1][i])))
            assert torch.equal(matched[layer, i], single.gt_inds - 1)
