# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.label_spaces import ANY_OBJECT
from mmhoi.models.heads.object_scores import (MODES, hoi_object_scores,
                                              object_scores)

LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.0, 0.0, 5.0]])


@pytest.mark.parametrize('mode, expected', [
    ('sigmoid', LOGITS.sigmoid()),
    ('softmax', LOGITS.softmax(-1)),
])
def test_modes(mode, expected):
    assert torch.equal(object_scores(LOGITS, mode), expected)


def test_the_official_mode_is_the_default():
    assert torch.equal(object_scores(LOGITS), LOGITS.sigmoid())


def test_unknown_mode():
    with pytest.raises(ValueError, match='obj_score="max"'):
        object_scores(LOGITS, 'max')


@pytest.mark.parametrize('mode', MODES)
def test_any_object(mode):
    hoi_objects = torch.tensor([1, ANY_OBJECT, 0])
    # The last column is the background, which is no object.
    expected = object_scores(LOGITS, mode)[:, :-1]
    scores, labels = hoi_object_scores(expected, hoi_objects)
    assert labels.tolist() == [[1, 0, 0], [1, 0, 0]]
    assert torch.equal(scores, expected.gather(1, labels))
