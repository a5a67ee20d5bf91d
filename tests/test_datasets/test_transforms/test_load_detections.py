# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.datasets import HICODetDataset
from mmhoi.datasets.transforms import LoadDetections, LoadGTDetections
from mmhoi.label_spaces import load_label_space

IMAGE = 'HICO_train2015_00000001'
PIPELINE = [
    dict(type='LoadHOIImage'),
    dict(type='DETRResize', scale=(200, 160)),
    dict(type='LoadHOIAnnotations', clamp=False),
]


def coco_results(*image_ids):
    return [
        dict(image_id=i, category_id=4, bbox=[30, 30, 60, 40], score=0.5)
        for i in image_ids
    ] + [dict(image_id=1, category_id=1, bbox=[10, 20, 40, 40], score=0.9)]


@pytest.fixture
def build(write_data, make_record, tmp_path):
    """Function that makes a data set of two images with loaded boxes."""

    def build(content, **kwargs):
        path = tmp_path / 'boxes.json'
        path.write_text(json.dumps(content))
        transform = dict(
            type='LoadDetections',
            file=str(path),
            **dict(dict(categories='coco'), **kwargs))
        return HICODetDataset(
            **write_data([make_record(1), make_record(2)]),
            test_mode=True,
            pipeline=PIPELINE +
            [transform, dict(type='PackHOIInputs')])

    return build


def test_boxes_of_a_data_set(build):
    dataset = build(coco_results(1, 2))
    found = [dataset[i]['data_samples'].det_instances for i in range(2)]
    np.testing.assert_array_equal(found[0].bboxes,
                                  [[60, 60, 180, 140], [20, 40, 100, 120]])
    assert found[0].labels.tolist() == [3, 0]
    assert found[1].labels.tolist() == [3]


def test_images_without_boxes(build):
    with pytest.warns(UserWarning, match='1 of 2 images have no boxes'):
        dataset = build(coco_results())
    assert len(dataset[1]['data_samples'].det_instances) == 0


def test_score_threshold(build):
    dataset = build(coco_results(1, 2), score_thr=0.6)
    assert len(dataset[0]['data_samples'].det_instances) == 1


@pytest.mark.parametrize('content, kwargs, message', [
    ([dict(coco_results()[0], image_id=9)
      ], {}, 'none of its 1 images .such as 9. is among the 2'),
    (coco_results(1), dict(categories=None), 'give `categories`'),
    (coco_results(1), dict(format='hicodet'), 'not of the format "hicodet"'),
])
def test_bad_files_stop_before_training(build, content, kwargs, message):
    with pytest.raises(ValueError, match=message):
        build(content, **kwargs)


def test_no_file():
    with pytest.raises(FileNotFoundError, match='"no.json" do not exist'):
        LoadDetections('no.json').transform(
            dict(label_space=load_label_space('hico_det'), img_path='a.jpg'))


def test_annotated_boxes(write_data, make_record):
    dataset = HICODetDataset(
        **write_data([make_record(1)]),
        test_mode=True,
        pipeline=PIPELINE +
        [dict(type='LoadGTDetections'),
         dict(type='PackHOIInputs')])
    sample = dataset[0]['data_samples']
    np.testing.assert_array_equal(sample.det_instances.bboxes,
                                  2 * sample.gt_instances.bboxes.tensor)
    assert sample.det_instances.labels.tolist() == [0, 3]
    assert sample.det_instances.scores.tolist() == [1, 1]


def test_annotated_boxes_to_be_ignored_or_none():
    instances = [dict(bbox=[1, 2, 3, 4], bbox_label=0, ignore_flag=1)]
    results = LoadGTDetections().transform(
        dict(instances=instances, ori_shape=(8, 8), img_shape=(8, 8)))
    assert results['det_instances'].boxes.shape == (0, 4)


def test_texts():
    text = repr(LoadDetections('a.npz', 'mmhoi', score_thr=0.1))
    assert text == ("LoadDetections(file='a.npz', format='mmhoi', "
                    'categories=None, score_thr=0.1)')
    assert repr(LoadGTDetections()) == 'LoadGTDetections()'
