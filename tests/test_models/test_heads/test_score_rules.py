# Copyright (c) mmhoi contributors.
import torch

from mmhoi.models.heads.object_scores import ANY_OBJECT
from mmhoi.models.heads.score_rules import (product_with_top_object,
                                            sum_with_squared_object)

LAYERS, QUERIES, OBJECTS = 2, 4, 3
HOI_OBJECTS = torch.tensor([2, 0, ANY_OBJECT, 2])
HOI_VERBS = torch.tensor([0, 1, 1, 1])


def random(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0))


def test_sum_with_squared_object():
    hois, objects = random(LAYERS, QUERIES, 4), random(LAYERS, QUERIES, 3)
    bonus = random(LAYERS, 1, 4) - 0.5
    tables = sum_with_squared_object(hois, objects, HOI_OBJECTS, bonus)
    assert {table.shape for table in tables} == {hois.shape}
    for layer in range(LAYERS):
        for query in range(QUERIES):
            row = objects[layer, query]
            labels = [2, 0, row.argmax().item(), 2]
            hoi = hois[layer, query] + bonus[layer, 0]
            assert tables.obj_labels[layer, query].tolist() == labels
            torch.testing.assert_close(tables.obj_scores[layer, query],
                                       row[labels])
            torch.testing.assert_close(tables.scores[layer, query],
                                       hoi + row[labels]**2)
            torch.testing.assert_close(tables.confidences[layer, query],
                                       hoi.clamp(0, 1) * row[labels])


def test_product_with_top_object():
    verbs, objects = random(LAYERS, QUERIES, 2), random(LAYERS, QUERIES, 3)
    hoi_objects = HOI_OBJECTS.clamp(min=0)
    tables = product_with_top_object(verbs, objects, hoi_objects, HOI_VERBS)
    assert {table.shape for table in tables} == {(LAYERS, QUERIES, 4)}
    best, labels = objects.max(-1)
    for hoi, (obj, verb) in enumerate(zip(hoi_objects, HOI_VERBS)):
        expected = verbs[..., verb] * best
        torch.testing.assert_close(tables.confidences[..., hoi], expected)
        possible = labels == obj
        assert torch.equal(tables.scores[..., hoi].isfinite(), possible)
        torch.testing.assert_close(tables.scores[..., hoi][possible],
                                   expected[possible])
        assert torch.equal(tables.obj_labels[..., hoi], labels)
        assert torch.equal(tables.obj_scores[..., hoi], best)
