# Copyright (c) mmhoi contributors.
import torch

from mmhoi.models.detectors import HumanObjectQueries, SharedQueries

QUERIES, DIMS = 5, 8


def test_shared_queries():
    queries = SharedQueries(QUERIES, DIMS)
    assert torch.equal(queries(), queries.embedding.weight)
    states = torch.rand(3, 2, QUERIES, DIMS)
    for part in queries.split(states):
        assert torch.equal(part, states)


def test_human_and_object_queries():
    queries = HumanObjectQueries(QUERIES, DIMS)
    queries.reset_parameters()
    assert ((queries.pair.weight >= 0) & (queries.pair.weight < 1)).all()
    pos = queries()
    assert pos.shape == (2 * QUERIES, DIMS)
    sub, obj = queries.split(pos)
    torch.testing.assert_close(sub - queries.sub.weight, queries.pair.weight)
    torch.testing.assert_close(obj - queries.obj.weight, queries.pair.weight)


def test_states_of_humans_come_first():
    states = torch.arange(2 * QUERIES).float().view(1, 1, -1, 1)
    sub, obj = HumanObjectQueries.split(states)
    assert sub.flatten().tolist() == list(range(QUERIES))
    assert obj.flatten().tolist() == list(range(QUERIES, 2 * QUERIES))
    # Attention weights are split along the same dimension.
    sub, _ = HumanObjectQueries.split(torch.rand(2, 2 * QUERIES, 7))
    assert sub.shape == (2, QUERIES, 7)
