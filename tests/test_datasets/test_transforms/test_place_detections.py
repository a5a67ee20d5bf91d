# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.dataset import Compose

from mmhoi.annotations.detection_files import Detections
from mmhoi.datasets.transforms import (PackHOIInputs, PlaceDetections,
                                       place_detections)

SIZE = (80, 100)
BOXES = np.array([[10, 20, 50, 60], [0, 0, 100, 80], [60.5, 5, 99, 30]],
                 np.float32)
PIPELINES = {
    'nothing': [],
    'flip': [dict(type='mmdet.RandomFlip', prob=1.)],
    'vertical flip':
    [dict(type='mmdet.RandomFlip', prob=1., direction='vertical')],
    'resize': [dict(type='mmdet.Resize', scale=(192, 160), keep_ratio=False)],
    'detr resize': [dict(type='DETRResize', scale=(120, 111))],
    'crop': [
        dict(
            type='mmdet.RandomCrop',
            crop_type='absolute',
            crop_size=(90, 60),
            allow_negative_crop=True)
    ],
    'all': [
        dict(type='mmdet.RandomFlip', prob=1.),
        dict(type='DETRResize', scale=70),
        dict(
            type='mmdet.RandomCrop',
            crop_type='relative',
            crop_size=(0.6, 0.8),
            allow_negative_crop=True),
        dict(type='mmdet.Resize', scale=(64, 64), keep_ratio=False),
        dict(type='DETRResize', scale=(50, 40)),
    ],
}


def item(boxes=BOXES, **extra):
    number = len(boxes)
    return dict(
        img=np.zeros((*SIZE, 3), np.uint8),
        img_path='a.jpg',
        img_shape=SIZE,
        ori_shape=SIZE,
        detections=Detections(
            np.array(boxes, np.float32), np.arange(number),
            np.linspace(1, 0.5, number, dtype=np.float32)),
        **extra)


@pytest.mark.parametrize('name', PIPELINES)
@pytest.mark.parametrize('seed', range(3))
def test_boxes_move_like_annotated_ones(name, seed):
    np.random.seed(seed)
    pipeline = Compose(PIPELINES[name] + [dict(type='PlaceDetections')])
    results = pipeline(
        item(
            gt_bboxes=HorizontalBoxes(BOXES.copy()),
            gt_bboxes_labels=np.arange(3),
            gt_ignore_flags=np.zeros(3, bool)))
    boxes, labels, scores = results['det_instances']
    np.testing.assert_array_equal(labels, results['gt_bboxes_labels'])
    np.testing.assert_allclose(
        boxes, results['gt_bboxes'].tensor, rtol=0, atol=1e-4)
    assert boxes.dtype == scores.dtype == np.float32
    assert len(scores) == len(labels)


def test_scores_below_the_threshold():
    results = PlaceDetections(0.75).transform(item())
    assert results['det_instances'].scores.tolist() == [1, 0.75]
    with pytest.raises(ValueError, match='`score_thr` of PlaceDetections'):
        PlaceDetections(1.5)


def test_without_boxes():
    results = item()
    del results['detections']
    assert 'det_instances' not in PlaceDetections().transform(results)
    empty = item(boxes=np.zeros((0, 4)))
    packed = PackHOIInputs().transform(PlaceDetections().transform(empty))
    assert packed['data_samples'].det_instances.bboxes.shape == (0, 4)


def test_boxes_outside_the_image(monkeypatch):
    texts = []
    monkeypatch.setattr(place_detections, 'print_log',
                        lambda text, **_: texts.append(text))
    transform = PlaceDetections()
    boxes = [[-3, 5, 20, 90], [200, 5, 220, 40], [-2, -2, 40, 40]]
    results = transform.transform(item(boxes=boxes))
    assert results['det_instances'].boxes.tolist() == [[0, 5, 20, 80],
                                                       [0, 0, 40, 40]]
    assert results['det_instances'].labels.tolist() == [0, 2]
    text, = texts
    assert '2 of 3 boxes reach far beyond "a.jpg" (100 x 80)' in text
    assert '1 outside left out' in text
    for _ in range(20):
        transform.transform(item(boxes=boxes))
    assert len(texts) == 2


@pytest.mark.parametrize('extra', [dict(img_shape=(8, 8)), dict(flip=True)])
def test_a_change_that_is_not_told(extra):
    with pytest.raises(ValueError, match='without telling how'):
        PlaceDetections().transform(dict(item(), **extra))


def test_packing():
    results = PlaceDetections().transform(item())
    found = PackHOIInputs().transform(results)['data_samples'].det_instances
    assert {
        k: x.dtype
        for k, x in found.items()
    } == dict(
        bboxes=torch.float32, labels=torch.int64, scores=torch.float32)
    np.testing.assert_array_equal(found.bboxes, BOXES)
