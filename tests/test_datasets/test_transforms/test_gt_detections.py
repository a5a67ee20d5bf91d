# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.structures import InstanceData

from mmhoi.datasets.transforms import GTDetections
from mmhoi.structures import HOIDataSample


def make_results(**meta):
    sample = HOIDataSample(metainfo=meta)
    sample.gt_instances = InstanceData(
        bboxes=HorizontalBoxes(torch.tensor([[0., 2., 4., 6.]])),
        labels=torch.tensor([7]))
    return dict(inputs={}, data_samples=sample)


@pytest.mark.parametrize('original, box', [
    (False, [0, 2, 4, 6]),
    (True, [0, 6, 8, 18]),
])
def test_boxes(original, box):
    results = GTDetections(from_original=original)(
        make_results(scale_factor=(2.0, 3.0)))
    found = results['data_samples'].det_instances
    assert found.bboxes.tolist() == [box]
    assert found.labels.tolist() == [7]
    assert found.scores.tolist() == [1]


def test_wrong_place():
    with pytest.raises(KeyError, match='after PackHOIInputs'):
        GTDetections()(dict(img=0))
    with pytest.raises(KeyError, match='scale_factor'):
        GTDetections(from_original=True)(make_results())
