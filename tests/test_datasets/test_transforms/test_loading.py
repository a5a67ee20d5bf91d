# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes

from mmhoi.datasets.transforms import LoadHOIAnnotations


def make_results(boxes):
    return dict(
        ori_shape=(60, 100),
        instances=[
            dict(bbox=box, bbox_label=label, ignore_flag=0)
            for label, box in enumerate(boxes)
        ],
        pairs=[dict(sub_id=0, obj_id=1, hois=[1], verbs=[2])])


def test_boxes_are_clamped_to_the_image():
    results = LoadHOIAnnotations()(
        make_results([[-5., -3., 50., 30.], [20., 10., 140., 61.]]))
    assert isinstance(results['gt_bboxes'], HorizontalBoxes)
    # The official loaders clamp to the width, not to the last column.
    assert results['gt_bboxes'].tensor.tolist() == [[0, 0, 50, 30],
                                                    [20, 10, 100, 60]]
    assert results['gt_bboxes'].tensor.dtype == torch.float32
    assert results['gt_instances_ids'].tolist() == [0, 1]
    assert results['gt_pairs'] == results['pairs']


@pytest.mark.parametrize(
    'outside', [[110., 5., 120., 9.], [5., 70., 9., 80.], [-9., 5., -1., 9.],
                [5., -9., 9., -1.], [100., 5., 120., 9.]])
def test_boxes_outside_are_dropped_in_step(outside):
    results = LoadHOIAnnotations()(
        make_results([[1., 1., 9., 9.], outside, [2., 2., 9., 9.]]))
    assert results['gt_instances_ids'].tolist() == [0, 2]
    assert results['gt_bboxes_labels'].tolist() == [0, 2]
    assert results['gt_bboxes_labels'].dtype == np.int64
    assert results['gt_ignore_flags'].tolist() == [False, False]
    assert len(results['gt_bboxes']) == 2


def test_raw_boxes_for_testing():
    boxes = [[-5., -3., 150., 30.], [110., 5., 120., 9.], [7., 7., 7., 7.]]
    results = LoadHOIAnnotations(clamp=False)(make_results(boxes))
    assert results['gt_bboxes'].tensor.tolist() == boxes
    assert results['gt_instances_ids'].tolist() == [0, 1, 2]


def test_clamp_uses_the_original_size():
    results = make_results([[0., 0., 90., 50.]])
    results['img_shape'] = (6, 10)
    assert LoadHOIAnnotations()(results)['gt_bboxes'].tensor.tolist() == [[
        0, 0, 90, 50
    ]]


@pytest.mark.parametrize('clamp', [False, True])
def test_no_boxes(clamp):
    results = LoadHOIAnnotations(clamp)(make_results([]))
    assert results['gt_bboxes'].tensor.shape == (0, 4)
    assert results['gt_bboxes_labels'].shape == (0, )
