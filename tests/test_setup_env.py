# Copyright (c) mmhoi contributors.
from mmengine.registry import DefaultScope

from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules


def current():
    return DefaultScope.get_current_instance().scope_name


def test_scope_becomes_mmhoi_also_after_another_one():
    for scope in 'mmdet', 'mmengine':
        DefaultScope.get_instance(f'test-{scope}', scope_name=scope)
        assert current() == scope
        register_all_modules()
        assert current() == 'mmhoi'


def test_scope_is_left_alone_if_asked():
    DefaultScope.get_instance('test-alone', scope_name='mmdet')
    register_all_modules(init_default_scope=False)
    assert current() == 'mmdet'


def test_modules_of_both_packages_are_registered():
    register_all_modules()
    for name in 'QueryPairDetector', 'mmdet.DETR':
        assert MODELS.get(name) is not None
