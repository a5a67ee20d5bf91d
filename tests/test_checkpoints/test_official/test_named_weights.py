# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.checkpoints import CheckpointMismatchError
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.official.named_weights import NamedWeights, num_rows
from mmhoi.checkpoints.official.upt import head_from_official

STATE = dict(a=torch.ones(3), b=torch.tensor(1.))


def test_weights():
    weights = NamedWeights(STATE)
    assert weights.pop('a') is STATE['a'] and weights.pop('a', 2) == 2
    for take in (weights.pop, weights.__getitem__):
        with pytest.raises(CheckpointMismatchError, match='no weight "a"'):
            take('a')
    assert num_rows(STATE, 'a') == 3
    with pytest.raises(CheckpointMismatchError, match='a single number'):
        num_rows(STATE, 'b')


@pytest.mark.parametrize('name', ['cdn', 'qpic', 'upt', 'pvic'])
def test_a_classifier_that_is_missing_is_named(name):
    with pytest.raises(CheckpointMismatchError, match='no weight ".*bias"'):
        FAMILIES[name].default_config(STATE)


def test_a_head_without_layers():
    with pytest.raises(CheckpointMismatchError, match='no weight "mbf'):
        head_from_official({})
