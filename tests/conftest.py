# Copyright (c) mmhoi contributors.
# Before mmdet, whose models need the stand-in for absent mmcv operators.
import mmhoi  # noqa: F401 isort:skip
import pytest
from mmengine.registry import DefaultScope


@pytest.fixture(scope='session', autouse=True)
def text_embedding_cache(tmp_path_factory):
    """Keep cached text embeddings of tests out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv('MMHOI_CACHE', str(tmp_path_factory.mktemp('mmhoi_cache')))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def keep_default_scope():
    """A test that runs a Runner leaves no default scope to later ones."""
    before = dict(DefaultScope._instance_dict)
    yield
    DefaultScope._instance_dict.clear()
    DefaultScope._instance_dict.update(before)
