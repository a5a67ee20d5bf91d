# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmdet.structures.bbox import HorizontalBoxes

from mmhoi.datasets.transforms import PackHOIInputs
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import HOIDataSample

PAIRS = [
    dict(sub_id=2, obj_id=1, hois=[5, 7], verbs=[1, 2]),
    dict(sub_id=0, obj_id=1, hois=[6], verbs=[0]),
    dict(sub_id=0, obj_id=-1, hois=[9], verbs=[3]),
]
BOXES = torch.tensor([[0., 0., 4., 4.], [1., 1., 5., 5.], [2., 2., 6., 6.]])


def make_results(ids=(0, 1, 2), pairs=PAIRS):
    ids = np.array(ids, dtype=np.int64)
    return dict(
        img=np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3),
        clip_img=np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3),
        img_id=3,
        img_path='a.jpg',
        ori_shape=(8, 6),
        img_shape=(8, 6),
        gt_bboxes=HorizontalBoxes(BOXES[ids]),
        gt_bboxes_labels=np.array([0, 30, 0])[ids],
        gt_ignore_flags=np.zeros(len(ids), dtype=bool),
        gt_instances_ids=ids,
        gt_pairs=pairs,
        label_space=load_label_space('hico_det'))


def pack(results):
    return PackHOIInputs()(results)


def set_columns(labels):
    """Columns of the ones in each row."""
    return [row.nonzero().flatten().tolist() for row in labels]


def test_inputs():
    results = make_results()
    inputs = pack(results)['inputs']
    for key in ('img', 'clip_img'):
        assert inputs[key].dtype == torch.uint8
        assert inputs[key].is_contiguous()
        assert (inputs[key].permute(1, 2, 0).numpy() == results[key]).all()


def test_no_clip_view():
    results = make_results()
    del results['clip_img']
    assert list(pack(results)['inputs']) == ['img']


def test_sample():
    sample = pack(make_results())['data_samples']
    assert isinstance(sample, HOIDataSample)
    assert sample.gt_instances.bboxes.tensor.tolist() == BOXES.tolist()
    assert sample.gt_instances.labels.tolist() == [0, 30, 0]
    assert sample.metainfo == dict(
        img_id=3, img_path='a.jpg', ori_shape=(8, 6), img_shape=(8, 6))
    pairs = sample.gt_hoi_instances
    assert pairs.sub_bboxes.tolist() == BOXES[[2, 0, 0]].tolist()
    assert pairs.obj_bboxes[:2].tolist() == BOXES[[1, 1]].tolist()
    assert pairs.obj_bboxes[2].tolist() == [0, 0, 0, 0]
    assert pairs.obj_labels.tolist() == [30, 30, 80]
    assert set_columns(pairs.verb_labels) == [[1, 2], [0], [3]]
    assert set_columns(pairs.hoi_labels) == [[5, 7], [6], [9]]


@pytest.mark.parametrize('space, num_verbs, num_hois', [('hico_det', 117, 600),
                                                        ('vcoco', 29, 263)])
def test_label_space_of_the_data_set(space, num_verbs, num_hois):
    results = make_results()
    results['label_space'] = load_label_space(space)
    pairs = pack(results)['data_samples'].gt_hoi_instances
    assert pairs.verb_labels.shape == (3, num_verbs)
    assert pairs.hoi_labels.shape == (3, num_hois)


@pytest.mark.parametrize('ids, subjects', [
    ((0, 1, 2), [2, 0, 0]),
    ((1, 2), [2]),
    ((0, 2), [0]),
    ((2, 1, 0), [2, 0, 0]),
    ((1, ), []),
    ((), []),
])
def test_pairs_whose_boxes_are_left(ids, subjects):
    pairs = pack(make_results(ids))['data_samples'].gt_hoi_instances
    assert pairs.sub_bboxes.tolist() == BOXES[subjects].tolist()
    assert pairs.verb_labels.shape == (len(subjects), 117)
    assert pairs.hoi_labels.shape == (len(subjects), 600)


def test_no_pairs_keep_shapes_and_types():
    pairs = pack(make_results(pairs=[]))['data_samples'].gt_hoi_instances
    assert pairs.sub_bboxes.shape == pairs.obj_bboxes.shape == (0, 4)
    assert pairs.obj_labels.shape == (0, )
    assert pairs.obj_labels.dtype == torch.int64
    assert pairs.hoi_labels.dtype == torch.float32


def test_without_annotations():
    results = make_results()
    for key in list(results):
        if key.startswith('gt_'):
            del results[key]
    assert 'gt_hoi_instances' not in pack(results)['data_samples']


def test_stand_in_is_marked():
    results = make_results()
    results['img_unreadable'] = True
    assert pack(results)['data_samples'].img_unreadable is True
