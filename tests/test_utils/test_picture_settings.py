# Copyright (c) mmhoi contributors.
import pytest
from mmengine.config import Config

from mmhoi.utils.picture_settings import use_own_visualization


@pytest.mark.parametrize('hooks, wanted', [
    (dict(visualization=dict(type='DetVisualizationHook')),
     dict(type='HOIVisualizationHook')),
    (dict(visualization=dict(type='OwnHook')), dict(type='OwnHook')),
    (dict(visualization=dict(draw=True)), dict(draw=True)),
    (dict(visualization=None), None),
    (None, None),
])
def test_whose_hook_draws(hooks, wanted):
    cfg = Config(dict(default_hooks=hooks))
    use_own_visualization(cfg)
    assert (cfg.default_hooks or {}).get('visualization') == wanted
