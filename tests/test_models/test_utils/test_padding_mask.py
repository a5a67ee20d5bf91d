# Copyright (c) mmhoi contributors.
import pytest
import torch
import torch.nn.functional as F

from mmhoi.models.utils.padding_mask import padding_mask, shrink_mask
from mmhoi.structures import HOIDataSample


def make_samples(*shapes, batch):
    return [
        HOIDataSample(metainfo=dict(img_shape=shape, batch_input_shape=batch))
        for shape in shapes
    ]


def test_mask():
    samples = make_samples((2, 3), (4, 1), batch=(4, 3))
    mask = padding_mask(samples, torch.device('cpu'))
    assert mask.dtype == torch.bool
    assert mask.int().tolist() == [[[0, 0, 0]] * 2 + [[1, 1, 1]] * 2,
                                   [[0, 1, 1]] * 4]


@pytest.mark.parametrize('batch', [(4, 3), [4, 3]])
def test_no_padding(batch):
    samples = make_samples((4, 3), (4, 3, 3), batch=batch)
    assert padding_mask(samples, torch.device('cpu')) is None


def test_shrunk_as_interpolate_does():
    """For every size that an image may have."""
    for size in range(1, 700):
        for stride in (8, 16, 32):
            target = -(-size // stride)
            index = torch.arange(size)[None, :, None]
            expected = F.interpolate(index[None].double(), (target, 1))[0]
            found = shrink_mask(index, target, 1)
            assert torch.equal(found, expected.long()), (size, target)


def test_both_sides_are_shrunk():
    mask = torch.rand(2, 37, 91) > 0.5
    expected = F.interpolate(mask[None].float(), (5, 12))[0].bool()
    assert torch.equal(shrink_mask(mask, 5, 12), expected)
