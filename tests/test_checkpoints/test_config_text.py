# Copyright (c) mmhoi contributors.
import pytest
import tiny_configs

from mmhoi.checkpoints import CheckpointError
from mmhoi.checkpoints.config_text import config_of_checkpoint, read_config


@pytest.mark.parametrize('name', tiny_configs.CONFIGS)
def test_every_config(name):
    cfg = tiny_configs.read_config(name)
    assert read_config(cfg.pretty_text) == cfg._cfg_dict


@pytest.mark.parametrize('text, words', [
    ("model = __import__('os').system('true')", 'calls something'),
    ("model = dict(a=open('b'))", 'calls something'),
    ("model = dict({'a': open('b')})", 'calls something'),
    ('model = dict({}, {})', 'calls something'),
    ('model = [x for x in range(3)]', 'malformed'),
    ('model = a.b', 'malformed'),
    ('model = dict(', 'never closed'),
    ("model = dict(type='os.system', command='true')", 'type="os.system" is'),
    ("model = dict(a=[dict(type='mmdet.os.system')])", 'mmdet.os.system'),
    ("model = dict(a=(dict(type='mmengine.dump'), ))", 'mmengine.dump'),
    ("model = dict(type='setup')", 'type="setup" is no name of a class'),
    ("model = dict(type='A', _scope_='evil')", '_scope_="evil" is not'),
    ('import os', 'line 1 sets nothing'),
    ('lr = 1\nprint(lr)', 'line 2 sets nothing'),
    ('a.b = 1', 'sets no name'),
    ('lr = ' + '[' * 500, 'too many nested'),
    ("a = [dict(type='R', resize_type='mmdet.a.B')]", 'resize_type="mmdet.a'),
])
def test_what_is_no_data(text, words):
    with pytest.raises(ValueError, match=f'{words}.*give the config file'):
        read_config(text)


@pytest.mark.parametrize('meta', [{}, dict(cfg='lr = 1'), dict(cfg=1)])
def test_no_model(meta):
    with pytest.raises(CheckpointError, match='give the config file'):
        config_of_checkpoint(dict(state_dict={}, meta=meta))


def test_config_of_an_earlier_version():
    text = "model = dict(type='HOIDetector', bbox_head=dict(type='HOIHead', " \
        'clip_dims=8, obj_classifier=dict(), hoi_classifier=dict(), ' \
        "loss_hoi=dict(type='FocalLoss')))"
    assert read_config(text).model.type == 'QueryPairDetector'
