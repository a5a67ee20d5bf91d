# Copyright (c) mmhoi contributors.
# Before mmdet, whose models need the stand-in for absent mmcv operators.
import mmhoi  # noqa: F401 isort:skip
import pytest


@pytest.fixture(scope='session', autouse=True)
def text_embedding_cache(tmp_path_factory):
    """Keep cached text embeddings of tests out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv('MMHOI_CACHE', str(tmp_path_factory.mktemp('mmhoi_cache')))
    yield
    patch.undo()
