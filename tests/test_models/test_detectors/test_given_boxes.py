# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.models.detectors.given_boxes import given_boxes
from mmhoi.structures import HOIDataSample


def sample(**fields):
    data = HOIDataSample()
    data.det_instances = InstanceData(
        bboxes=torch.tensor([[0., 0, 4, 4]]),
        labels=torch.tensor([1]),
        scores=torch.tensor([.5]),
        **fields)
    return data


def test_scores_of_all_classes():
    scores = torch.tensor([[.1, .5, .4]])
    assert given_boxes([sample(all_scores=scores)],
                       3)[0].all_scores.equal(scores)
    assert 'all_scores' not in given_boxes([sample()], 3)[0]
    with pytest.raises(ValueError, match=r'shape \(1, 3\); needed: \(1, 80\)'):
        given_boxes([sample(all_scores=scores)], 80)
