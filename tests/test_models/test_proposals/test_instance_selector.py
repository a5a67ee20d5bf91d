# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.models.proposals import HumanObjectPairs, InstanceSelector


def make_instances(labels, scores, boxes=None):
    count = len(labels)
    if boxes is None:
        boxes = torch.arange(count).float()[:, None] * 10 + torch.tensor(
            [0., 0., 9., 9.])
    return InstanceData(
        bboxes=torch.as_tensor(boxes).float().reshape(-1, 4),
        labels=torch.tensor(labels, dtype=torch.long),
        scores=torch.tensor(scores, dtype=torch.float),
        index=torch.arange(count))


@pytest.mark.parametrize(
    'labels, scores, chosen',
    [
        # Enough confident ones of each kind.
        ([3, 0, 3, 0], [.5, .3, .9, .8], [3, 1, 2, 0]),
        # At least one of each, whatever its score.
        ([0, 0, 3, 3], [.1, .15, .05, .01], [1, 2]),
        # At most three.
        ([0] * 5, [.9, .7, .8, .5, .6], [0, 2, 1]),
        ([3, 3], [.9, .1], [0]),
        ([], [], []),
    ])
def test_choice(labels, scores, chosen):
    select = InstanceSelector(min_instances=1, max_instances=3)
    assert select(make_instances(labels, scores)).index.tolist() == chosen


def test_suppression_is_by_class():
    boxes = [[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [0, 0, 10, 4]]
    instances = make_instances([0, 0, 5, 0], [.8, .9, .7, .6], boxes)
    chosen = InstanceSelector(min_instances=0)(instances)
    assert chosen.index.tolist() == [1, 3, 2]


@pytest.mark.parametrize('box', [
    [float('nan'), 0, 1, 1],
    [0, 0, float('inf'), 1],
    [5, 0, 5, 1],
    [5, 5, 1, 1],
])
def test_useless_boxes_are_left_out(box):
    instances = make_instances([0, 3], [.9, .9], [box, [0, 0, 9, 9]])
    assert InstanceSelector()(instances).index.tolist() == [1]


def test_nan_scores():
    instances = make_instances([0, 3], [float('nan'), .9])
    assert InstanceSelector()(instances).index.tolist() == [1]


def test_limits_in_order():
    with pytest.raises(ValueError, match='min_instances=5'):
        InstanceSelector(min_instances=5, max_instances=4)


@pytest.mark.parametrize('labels, subs, objs', [
    ([0, 0, 4], [0, 0, 1, 1], [1, 2, 0, 2]),
    ([0], [], []),
    ([4, 5], [], []),
    ([], [], []),
])
def test_pairs(labels, subs, objs):
    chosen, pairs = HumanObjectPairs()(
        make_instances(labels, [.9 - .1 * i for i in range(len(labels))]))
    assert pairs.sub_inds.tolist() == subs
    assert pairs.obj_inds.tolist() == objs
    assert pairs.num_pairs == len(subs)
    assert pairs.boxes is chosen.bboxes


def test_too_many_pairs():
    propose = HumanObjectPairs(max_pairs=11)
    with pytest.raises(ValueError, match='4 boxes .* 12 pairs.*max_pairs=11'):
        propose(make_instances([0] * 4, [.9] * 4))


def test_clipping():
    """After suppression; what lies outside of the image is left out."""
    boxes = [[-5, -5, 30, 9], [8, 0, 40, 9], [-9, 0, -1, 9], [45, 0, 49, 9]]
    instances = make_instances([0, 3, 0, 3], [.9, .8, .7, .6], boxes)
    instances.set_metainfo(dict(img_shape=(8, 20)))
    chosen = InstanceSelector(clip=True)(instances)
    assert chosen.bboxes.tolist() == [[0, 0, 20, 8], [8, 0, 20, 8]]
    assert len(InstanceSelector()(instances)) == 4
