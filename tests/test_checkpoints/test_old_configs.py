# Copyright (c) mmhoi contributors.
"""Configs of earlier versions build what they built."""
import json
from copy import deepcopy
from pathlib import Path

import pytest
from mmengine.config import ConfigDict
from tiny_configs import read_config

from mmhoi.checkpoints.old_configs import current_model_cfg
from mmhoi.checkpoints.old_names import current_names
from mmhoi.models.heads import (ProjectedTextHOIClassifier, TextHOIClassifier,
                                TextVerbHOIClassifier)
from mmhoi.registry import MODELS

OLD = json.loads(
    (Path(__file__).parents[1] / 'data/old_models.json').read_text())


def old_cfg(name, **head):
    cfg = ConfigDict(deepcopy(OLD[name]['model']))
    cfg.bbox_head.update(head)
    return cfg


@pytest.mark.parametrize('scope', ['', 'mmhoi.'])
@pytest.mark.parametrize('name, config', [
    ('hoiclip', 'hoiclip/hoiclip_mini_synhico.py'),
    ('gen_vlkt', 'gen_vlkt/gen_vlkt_mini_synhico.py'),
])
def test_same_as_the_config_of_today(name, config, scope):
    old = old_cfg(name)
    old.type = scope + old.type
    before = deepcopy(old)
    found = current_model_cfg(old)
    assert old == before
    today = read_config(config).model
    # Defaults may be written or not.
    for cfg in found, today:
        cfg.bbox_head.interaction_classifier.setdefault('verb_weight', 0.5)
    # JSON has no tuples.
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(today))


@pytest.mark.parametrize('name, head, part', [
    ('hoiclip', {}, TextVerbHOIClassifier),
    ('hoiclip', dict(verb_classifier=None), TextHOIClassifier),
    ('hoiclip', dict(zero_shot_split='uv'), TextVerbHOIClassifier),
    ('gen_vlkt', {}, ProjectedTextHOIClassifier),
    ('gen_vlkt', dict(loss_mimic=None), ProjectedTextHOIClassifier),
])
def test_weights_of_the_old_model_fit(name, head, part):
    read_config('qpic/qpic_mini_synhico.py')
    cfg = old_cfg(name, **head)
    for classifier in 'obj_classifier', 'hoi_classifier':
        cfg.bbox_head[classifier].bias = False
    model = MODELS.build(current_model_cfg(cfg))
    assert type(model.bbox_head.interaction_classifier) is part
    assert len(model.bbox_head.auxiliary_losses) == (
        name == 'gen_vlkt' and 'loss_mimic' not in head)
    shapes = {
        key: tuple(shape)
        for key, shape in current_names(OLD[name]['shapes']).items()
        if part is TextVerbHOIClassifier or '.verbs.' not in key
    }
    assert shapes == {
        key: tuple(value.shape)
        for key, value in model.state_dict().items()
    }


def test_configs_of_today_stay_as_they_are():
    cfg = read_config('qpic/qpic_mini_synhico.py').model
    assert current_model_cfg(cfg) is cfg
