# Copyright (c) mmhoi contributors.
import pytest
from tiny_configs import CONFIGS, read_config

from mmhoi.models.official.config_text import read_model_config


@pytest.mark.parametrize('name', CONFIGS)
def test_every_config(name):
    cfg = read_config(name)
    assert read_model_config(cfg.pretty_text) == cfg.model


@pytest.mark.parametrize('text, words', [
    ("model = __import__('os').system('true')", 'calls something'),
    ("model = dict(a=open('b'))", 'calls something'),
    ("model = dict({'a': 1})", 'calls something'),
    ('model = [x for x in range(3)]', 'malformed'),
    ('model = a.b', 'malformed'),
    ('model = dict(', 'never closed'),
    ('lr = 1', 'has no `model`'),
    ('', 'has no `model`'),
])
def test_what_is_no_data(text, words):
    with pytest.raises(ValueError, match=f'{words}.*--config'):
        read_model_config(text)
