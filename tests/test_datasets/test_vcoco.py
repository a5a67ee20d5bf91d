# Copyright (c) mmhoi contributors.
from mmhoi.datasets import VCOCODataset
from mmhoi.label_spaces import load_label_space


def test_metainfo():
    metainfo = load_label_space('vcoco').metainfo()
    assert len(metainfo['verb_classes']) == 29
    assert len(metainfo['hoi_classes']) == 263
    assert len(metainfo['classes']) == 80


def test_verbs_count_from_zero_and_objects_may_be_absent(
        write_data, make_record):
    verbs = load_label_space('vcoco').metainfo()['verb_classes']
    record = make_record(
        boxes=[([1, 1, 9, 9], 1), ([1, 1, 9, 9], 47)],
        hois=[(0, 1, verbs.index('hold_obj')), (0, -1, verbs.index('stand'))])
    del record['img_id']
    record['file_name'] = 'COCO_val2014_000000123456.jpg'
    dataset = VCOCODataset(
        pipeline=[
            dict(type='LoadHOIImage'),
            dict(type='LoadHOIAnnotations'),
            dict(type='PackHOIInputs')
        ],
        **write_data([record]))
    assert dataset.get_data_info(0)['img_id'] == 123456
    pairs = dataset[0]['data_samples'].gt_hoi_instances
    assert pairs.obj_labels.tolist() == [41, 80]
    assert pairs.obj_bboxes.tolist() == [[1, 1, 9, 9], [0, 0, 0, 0]]
    assert pairs.sub_bboxes.tolist() == [[1, 1, 9, 9]] * 2
    assert pairs.verb_labels.shape == (2, 29)
    assert pairs.hoi_labels.shape == (2, 263)
    assert pairs.verb_labels.argmax(1).tolist() == [0, verbs.index('stand')]
    assert pairs.hoi_labels.sum(1).tolist() == [1, 1]
