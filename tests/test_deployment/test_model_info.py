# Copyright (c) mmhoi contributors.
import json
from copy import deepcopy

import pytest

from mmhoi.deployment.model_description import describe_model
from mmhoi.deployment.model_info import ModelInfo
from mmhoi.utils.file_hash import weights_sha256


@pytest.fixture(scope='module')
def info(inferencer):
    return describe_model(inferencer)


def test_round_trip(info, inferencer):
    text = info.to_json()
    assert ModelInfo.from_json(text).to_json() == text
    assert info.meta['hoi_classes'][153] == 'ride motorcycle'
    assert info.meta['verb_classes'][info.hoi_verbs[153]] == 'ride'
    assert len(info.hoi_verbs) == 600
    assert info.weights == weights_sha256(inferencer.model.state_dict())


@pytest.mark.parametrize('text, message', [
    ('{', 'is damaged'),
    ('[]', 'is damaged'),
    ('{"format": 2}', 'is damaged'),
    ('{"format": 1}', 'has format 1; this version of mmhoi reads format 2'),
])
def test_refused_metadata(text, message):
    with pytest.raises(ValueError, match=message):
        ModelInfo.from_json(text)


def test_unknown_field(info):
    fields = json.loads(info.to_json())
    fields['preprocessing']['crop'] = 3
    with pytest.raises(ValueError, match='crop'):
        ModelInfo.from_json(json.dumps(fields))


@pytest.mark.parametrize('part, key, value', [
    (None, 'meta', {}),
    (None, 'hoi_verbs', [0]),
    (None, 'hoi_verbs', [117] * 600),
    (None, 'max_per_img', 0),
    (None, 'pair_nms', dict(thr=0.7)),
    ('meta', 'classes', ['a', None]),
    ('meta', 'verb_classes', 'ride'),
    ('preprocessing', 'short', '64'),
    ('preprocessing', 'short', None),
    ('preprocessing', 'std', [1, 0, 1]),
    ('preprocessing', 'mean', [10**400, 0, 1]),
    ('preprocessing', 'pad_value', float('nan')),
])
def test_values_of_nonsense(info, part, key, value):
    fields = json.loads(info.to_json())
    (fields if part is None else fields[part])[key] = value
    with pytest.raises(ValueError, match='is damaged'):
        ModelInfo.from_json(json.dumps(fields))


@pytest.mark.parametrize('transforms, message', [
    ([dict(type='mmdet.Resize', scale=(64, 64))], 'Resize at this place'),
    ([dict(type='CLIPView')], 'CLIPView cannot be exported'),
    ([], 'no resize cannot be exported'),
])
def test_refused_pipelines(inferencer, monkeypatch, transforms, message):
    cfg = deepcopy(inferencer.cfg)
    cfg.test_dataloader.dataset.pipeline = transforms
    monkeypatch.setattr(inferencer, 'cfg', cfg)
    with pytest.raises(ValueError, match=message):
        describe_model(inferencer)
