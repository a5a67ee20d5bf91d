# Copyright (c) mmhoi contributors.
"""CDN: re-weighting, matching, suppression and what is frozen."""
from copy import deepcopy

import pytest
import torch
from mmengine.structures import InstanceData
from test_models.test_heads.test_pair_head import make_samples
from tiny_configs import read_config

from mmhoi.label_spaces import load_label_space, object_counts, verb_counts
from mmhoi.models.heads.cdn import (CDNHead, ClassReweighting, PairnessCost,
                                    QuerySelector, inverse_frequency)
from mmhoi.models.heads.selection import CombinationScores
from mmhoi.registry import MODELS
from mmhoi.utils.setup_error import SetupError

IMAGES, QUERIES, LAYERS, WIDTH = 2, 16, 3, 128
MATCHING = dict(
    bbox_head=dict(loss_matching=dict(type='mmdet.CrossEntropyLoss')))
BOTH = dict(bbox_head=dict(object_reweighting=dict(), verb_reweighting=dict()))


def build_head(**options):
    cfg = read_config('cdn/cdn_mini_synhico.py')
    cfg.merge_from_dict(dict(model=options))
    model = cfg.model
    torch.manual_seed(0)
    head = MODELS.build(
        dict(
            model.bbox_head,
            train_cfg=model.train_cfg,
            test_cfg=model.test_cfg))
    assert isinstance(head, CDNHead)
    return head


@pytest.fixture(scope='module')
def states():
    torch.manual_seed(0)
    return dict(
        zip(('sub_states', 'obj_states', 'interaction_features'),
            torch.randn(3, LAYERS, IMAGES, QUERIES, WIDTH)))


def test_counts():
    space = load_label_space('hico_det')
    assert object_counts(space).sum() == verb_counts(space).sum() == 117871
    vcoco = load_label_space('vcoco')
    assert len(verb_counts(vcoco)) == 29
    with pytest.raises(SetupError, match='"no object" is one of them'):
        object_counts(vcoco)
    unknown = space.with_counts(0 * space.num_train)
    with pytest.raises(SetupError, match='`num_train`.*`counts`'):
        verb_counts(unknown)


def test_nothing_to_weigh_by():
    """A queue without any positive label gives no NaN."""
    assert inverse_frequency(torch.tensor([0, 0, 5]), 0.7).tolist() == [0] * 3
    weights = inverse_frequency(torch.tensor([2, 2, 0]), 0.7)
    assert weights.tolist() == [1, 1, 0]


def test_queue_forgets():
    reweighting = ClassReweighting([1, 3], queue_size=2)
    first = reweighting(torch.tensor([5, 0, 1]))
    for _ in range(2):
        last = reweighting(torch.tensor([1, 2, 3]))
    assert reweighting.queue.sum(0).tolist() == [2, 4, 6]
    assert not first.equal(last)
    assert ClassReweighting([1, 3], static=True)(torch.tensor(
        [9, 0, 0])).equal(reweighting.initial)


def test_queue_is_in_the_checkpoint():
    """A resumed run goes on; one of the first step starts with an empty one.
    """
    whole, resumed = (ClassReweighting([1, 3], 2) for _ in range(2))
    whole(torch.tensor([5, 0, 1]))
    resumed.load_state_dict(whole.state_dict())
    counts = torch.tensor([1, 2, 3])
    assert resumed(counts).equal(whole(counts))
    head = build_head(**BOTH)
    with torch.no_grad():
        head.verb_reweighting(torch.ones(118))
    missing = head.load_state_dict(build_head().state_dict())
    assert not missing.missing_keys
    assert head.verb_reweighting.num_pushed == 0


@pytest.mark.parametrize('per_layer, pushed', [(True, LAYERS), (False, 1)])
def test_layers_add_to_the_queue(states, per_layer, pushed):
    option = dict(weights_per_layer=per_layer)
    head = build_head(
        bbox_head=dict(object_reweighting=option, verb_reweighting=option))
    losses = head.loss(make_samples(2, 0), **states)
    assert all(loss.isfinite() for loss in losses.values())
    for part in head.object_reweighting, head.verb_reweighting:
        assert part.num_pushed == pushed
    assert head.object_reweighting.queue[0].sum() == IMAGES * QUERIES
    # As without re-weighting, but for two of the losses.
    plain = build_head().loss(make_samples(2, 0), **states)
    assert {
        name.rpartition('.')[2]
        for name in plain if not losses[name].equal(plain[name])
    } == {'loss_hoi', 'loss_obj'}


def test_matching(states):
    head = build_head(**MATCHING)
    outputs = head(**states)
    assert outputs['matching_logits'].shape == (LAYERS, IMAGES, QUERIES, 2)
    losses = head.loss(make_samples(1, 2), **states)
    assert {'loss_matching', 'd0.loss_matching'} <= set(losses)
    is_pair = outputs['matching_logits'][-1].softmax(-1)[..., 1:]
    ranked = head.combinations(outputs)
    head.rank_by_matching = False
    plain = head.combinations(outputs)
    assert ranked.scores.equal(plain.scores * is_pair)
    assert ranked.obj_scores.equal(plain.obj_scores)
    pred = InstanceData(matching_logits=outputs['matching_logits'][-1, 0])
    gt = InstanceData(obj_labels=torch.zeros(3, dtype=torch.long))
    cost = PairnessCost(weight=2.0)(pred, gt)
    assert cost.shape == (QUERIES, 3)
    assert cost[:, 2:].equal(-2 * is_pair[0])


@pytest.mark.parametrize('pairs, verbs', [(1, 3), (3, 1), (2, 3)])
def test_decoders_of_other_lengths(states, pairs, verbs):
    """The last layers belong together; those before have no outputs."""
    head = build_head(**MATCHING)
    whole = head(**states)
    outputs = head(states['sub_states'][-pairs:],
                   states['obj_states'][-pairs:],
                   states['interaction_features'][-verbs:])
    for name, value in outputs.items():
        torch.testing.assert_close(value, whole[name][-min(pairs, verbs):])


def test_whole_queries_are_suppressed():
    scores = torch.tensor([[.1, .9], [.8, .2], [.7, .6]])
    table = CombinationScores(scores, scores, scores, scores.long())
    box = torch.tensor([[0., 0., 9., 9.]]).repeat(3, 1)
    select = QuerySelector(None, dict(iou_thr=0.7))
    pred = select(table, torch.tensor([0, 1]), box, box,
                  torch.tensor([4, 4, 5]))
    assert pred.query_inds.tolist() == [0, 2, 2, 0]
    head = build_head(
        bbox_head=dict(query_nms=dict(iou_thr=0.7)),
        test_cfg=dict(pair_nms=None))
    assert isinstance(head.select, QuerySelector)


@pytest.mark.parametrize('options, words', [
    (dict(object_reweighting=dict(power=-1)), 'power=-1'),
    (dict(verb_reweighting=dict(counts=[1, 2])), 'has 2 entries.*117 classes'),
    (dict(verb_reweighting=dict(size=1)), 'verb_reweighting'),
    (dict(query_nms=dict()), 'both bbox_head.query_nms and test_cfg.pair_nms'),
    (dict(label_space='vcoco', object_reweighting=dict()), 'no counts'),
    (dict(
        loss_hoi=dict(_delete_=True, type='InteractionMeanBCELoss'),
        verb_reweighting=dict()), 'InteractionMeanBCELoss takes no weights'),
])
def test_wrong_options(options, words):
    with pytest.raises(SetupError, match=words):
        build_head(bbox_head=options)


def test_second_step_trains_what_the_first_decided():
    cfg = read_config('cdn/cdn_mini_synhico.py').model
    frozen = read_config('cdn/cdn_s_r50_hico_reweight.py').model.frozen
    model = MODELS.build(dict(deepcopy(cfg), frozen=frozen))
    trained = {
        name.partition('.')[0]
        for name, param in model.named_parameters() if param.requires_grad
    }
    assert trained == {'decoder', 'interaction_decoder', 'bbox_head'}
    with pytest.raises(SetupError, match='`encodr`.*did you mean `encoder`'):
        MODELS.build(dict(deepcopy(cfg), frozen=['encodr']))
