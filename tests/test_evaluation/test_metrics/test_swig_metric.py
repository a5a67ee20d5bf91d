# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.evaluation.metrics import SWIGMetric
from mmhoi.structures import HOIDataSample

META = dict(
    hoi_classes=['wrapping hose', 'eating apple', 'wrapping person', 'x'],
    hoi_frequencies=[2, 1, 0, 2],
    evaluated_hois=[0, 1, 2])
BOX = torch.tensor([[0., 0., 10., 10.]])


def sample(img_id, hoi, label, score=.5):
    """An image with one pair and one prediction on the same boxes."""
    return HOIDataSample(
        metainfo=dict(img_id=img_id, img_path=f'{img_id}.jpg'),
        gt_hoi_instances=InstanceData(
            sub_bboxes=BOX, obj_bboxes=BOX,
            hoi_labels=torch.eye(4)[hoi][None]),
        pred_hoi_instances=InstanceData(
            sub_bboxes=BOX,
            obj_bboxes=BOX,
            labels=torch.tensor([label]),
            scores=torch.tensor([score]))).to_dict()


def test_means():
    metric = SWIGMetric()
    metric.dataset_meta = META
    samples = [
        sample(1, 0, 0),
        sample(2, 1, 0),
        sample(3, 2, 2),
        sample(4, 3, 3)
    ]
    # One image twice, as a distributed sampler pads.
    metric.process({}, samples[::-1] + samples[:1])
    # Class 3 is perfect, but not evaluated; class 1 is missed.
    assert metric.evaluate(4) == pytest.approx({
        'swig/full': 200 / 3,
        'swig/zero': 100,
        'swig/rare': 0,
        'swig/non_rare': 100,
        'swig/seen': 50
    })


def test_metainfo_of_another_data_set():
    metric = SWIGMetric()
    metric.dataset_meta = {k: v for k, v in META.items() if 'freq' not in k}
    metric.process({}, [sample(1, 0, 0)])
    with pytest.raises(KeyError, match='lacks "hoi_frequencies"'):
        metric.evaluate(1)
