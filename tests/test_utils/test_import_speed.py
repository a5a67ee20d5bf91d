# Copyright (c) mmhoi contributors.
import gc
import weakref

import pytest

from mmhoi.utils.import_speed import collector_paused


@pytest.fixture
def collector():
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize('before', [True, False])
def test_collector_is_as_before(collector, before):
    (gc.enable if before else gc.disable)()
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled() == before


def test_collector_is_back_after_an_error(collector):
    gc.enable()
    with pytest.raises(ImportError), collector_paused():
        raise ImportError
    assert gc.isenabled()


def test_garbage_is_still_found(collector):

    class Node:
        pass

    with collector_paused():
        node = Node()
        node.me = node
        found = weakref.ref(node)
        del node
    gc.collect()
    assert found() is None
