# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.layers import random_keep_mask


@pytest.mark.parametrize('p', [0, 0.1, 0.5, 0.9])
def test_drops_with_its_probability(p):
    torch.manual_seed(0)
    mask, scale = random_keep_mask((1000, 1001), p)
    assert mask.shape == (1000, 1001)
    assert set(mask.unique().tolist()) <= {0, 1}
    # Four standard deviations are 0.002 at most.
    assert mask.float().mean() == pytest.approx(1 - p, abs=2e-3)
    assert scale == pytest.approx(1 / (1 - p), rel=1e-4)


def test_neighbours_are_independent():
    # They are parts of the same random number.
    torch.manual_seed(0)
    mask = random_keep_mask((250_000, 4), 0.5)[0].float()
    correlation = torch.corrcoef(mask.T) - torch.eye(4)
    assert correlation.abs().max() < 1e-2


@pytest.mark.parametrize('shape', [(), (0, ), (1, ), (3, 5)])
def test_any_shape(shape):
    assert random_keep_mask(shape, 0.1)[0].shape == shape


def test_seed_repeats_it():
    masks = []
    for _ in range(2):
        torch.manual_seed(7)
        masks.append(random_keep_mask((50, ), 0.5)[0])
    assert torch.equal(*masks)
