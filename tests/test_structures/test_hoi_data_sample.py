# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from mmhoi.structures import HOIDataSample

FIELDS = ('gt_hoi_instances', 'pred_hoi_instances')


@pytest.mark.parametrize('field', FIELDS)
def test_field_is_set_read_and_deleted(field):
    sample = HOIDataSample(metainfo=dict(img_id=7))
    assert field not in sample
    pairs = InstanceData(sub_bboxes=torch.rand(3, 4))
    setattr(sample, field, pairs)
    assert field in sample
    assert getattr(sample, field) is pairs
    delattr(sample, field)
    assert field not in sample
    assert sample.img_id == 7


@pytest.mark.parametrize('field', FIELDS)
def test_field_must_be_instance_data(field):
    with pytest.raises(AssertionError):
        setattr(HOIDataSample(), field, dict(sub_bboxes=torch.rand(3, 4)))


def test_pairs_and_boxes_have_lengths_of_their_own():
    sample = HOIDataSample()
    sample.gt_instances = InstanceData(bboxes=torch.rand(5, 4))
    sample.gt_hoi_instances = InstanceData(sub_bboxes=torch.rand(2, 4))
    assert len(sample.gt_instances) == 5
    assert len(sample.gt_hoi_instances) == 2


def test_is_a_det_data_sample_that_moves_and_serializes():
    sample = HOIDataSample()
    assert isinstance(sample, DetDataSample)
    sample.pred_hoi_instances = InstanceData(scores=torch.tensor([.5, .1]))
    double = sample.to(torch.float64)
    assert double.pred_hoi_instances.scores.dtype == torch.float64
    assert sample.pred_hoi_instances.scores.dtype == torch.float32
    assert sample.to_dict()['pred_hoi_instances']['scores'].tolist() == \
        sample.pred_hoi_instances.scores.tolist()
