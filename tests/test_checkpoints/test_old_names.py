# Copyright (c) mmhoi contributors.
"""Every weight of an earlier version has its place in a model of today."""
import json
from pathlib import Path

import pytest
import torch
from tiny_configs import read_config

from mmhoi.checkpoints.old_names import current_names, has_old_names
from mmhoi.registry import MODELS

OLD = json.loads(
    (Path(__file__).parents[1] / 'data/old_models.json').read_text())
CONFIGS = dict(
    hoiclip='hoiclip/hoiclip_mini_synhico.py',
    gen_vlkt='gen_vlkt/gen_vlkt_mini_synhico.py')


def old_shapes(name, bias):
    shapes = dict(OLD[name]['shapes'])
    shapes.update(OLD[name]['biases'] if bias else {})
    return {key: tuple(shape) for key, shape in shapes.items()}


@pytest.mark.parametrize('bias', [False, True])
@pytest.mark.parametrize('name', OLD)
def test_all_names_and_shapes(name, bias):
    cfg = read_config(CONFIGS[name]).model
    for part in 'obj_classifier', 'interaction_classifier':
        cfg.bbox_head[part].bias = bias
    state = MODELS.build(cfg).state_dict()
    renamed = current_names(old_shapes(name, bias))
    assert renamed == {key: tuple(v.shape) for key, v in state.items()}
    # Once is enough.
    assert not has_old_names(renamed)
    assert current_names(renamed) == renamed


def test_values_stay_with_their_names():
    shapes = old_shapes('hoiclip', True)
    renamed = current_names({name: name for name in shapes})
    assert renamed['queries.pair.weight'] == 'pair_embedding.weight'
    assert sorted(renamed.values()) == sorted(shapes)


@pytest.mark.parametrize(
    'state',
    [
        {},
        {
            'query_embedding.weight': 1,
            'bbox_head.fc_cls.bias': 2
        },
        # QPIC of today: its object classifier has no texts.
        {
            'queries.embedding.weight': 1,
            'bbox_head.obj_classifier.weight': 2
        },
    ])
def test_other_checkpoints_stay_as_they_are(state):
    assert not has_old_names(state)
    assert current_names(state) == state


def test_fixed_evaluation_weights():
    name = 'bbox_head.hoi_classifier.eval_weight'
    assert set(current_names({name: torch.zeros(1)})) == {
        'bbox_head.interaction_classifier.texts.eval_weight'
    }
