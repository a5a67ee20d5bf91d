# Copyright (c) mmhoi contributors.
import copy
import json

import pytest
from PIL import Image

from mmhoi.datasets import CustomHOIDataset
from mmhoi.registry import DATASETS

CLASSES = dict(
    objects=['dog', 'ball'],
    verbs=['walk', 'throw', 'wave'],
    hois=[
        dict(verb='walk', object='dog'),
        dict(verb='throw', object='ball'),
        dict(verb='wave')
    ])
RECORD = dict(
    file_name='a.jpg',
    annotations=[
        dict(bbox=[10, 20, 50, 60], category='person'),
        dict(bbox=[30, 30, 90, 70], category='dog')
    ],
    hoi_annotation=[
        dict(subject_id=0, object_id=1, verb='walk'),
        dict(subject_id=0, object_id=-1, verb='wave')
    ])


@pytest.fixture
def make_data(tmp_path):
    """Function that writes entries; gives the arguments of the data set."""

    def make(records, name='ann.json', classes=CLASSES):
        (tmp_path / 'classes.json').write_text(json.dumps(classes))
        (tmp_path / name).write_text(json.dumps(records))
        Image.new('RGB', (100, 80)).save(tmp_path / 'a.jpg')
        return dict(
            data_root=str(tmp_path),
            ann_file=name,
            label_space=str(tmp_path / 'classes.json'),
            serialize_data=False)

    return make


def test_items(make_data):
    other = dict(copy.deepcopy(RECORD), file_name='b.jpg')
    other['annotations'][1]['category'] = 'cat'
    dataset = CustomHOIDataset(**make_data([RECORD, other]))
    item = dataset.get_data_info(0)
    assert item['img_id'] == 0
    assert [i['bbox_label'] for i in item['instances']] == [0, 1]
    assert item['pairs'] == [
        dict(sub_id=0, obj_id=1, hois=[0], verbs=[0]),
        dict(sub_id=0, obj_id=-1, hois=[2], verbs=[2])
    ]
    # Boxes of unknown classes are left out, with their interactions.
    item = dataset.get_data_info(1)
    assert item['img_id'] == 1
    assert len(item['instances']) == len(item['pairs']) == 1


def test_pipeline(make_data):
    pipeline = [
        dict(type='LoadHOIImage'),
        dict(type='LoadHOIAnnotations'),
        dict(type='PackHOIInputs')
    ]
    cfg = dict(
        type='mmhoi.CustomHOIDataset',
        pipeline=pipeline,
        **make_data([RECORD]))
    pairs = DATASETS.build(cfg)[0]['data_samples'].gt_hoi_instances
    assert pairs.hoi_labels.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert pairs.verb_labels.tolist() == [[1, 0, 0], [0, 0, 1]]
    # 3 objects with the person, then "no object".
    assert pairs.obj_labels.tolist() == [1, 3]


def test_metainfo(make_data):
    data = make_data([RECORD])
    metainfo = CustomHOIDataset(metainfo=dict(extra=1), **data).metainfo
    assert metainfo['classes'] == ('person', 'dog', 'ball')
    assert metainfo['hoi_classes'] == ('walk dog', 'throw ball', 'wave')
    assert metainfo['hoi_to_object'] == [1, 2, 3]
    assert metainfo['evaluated_hois'] == [0, 1, 2]
    assert metainfo['rare_hois'] == []
    assert metainfo['extra'] == 1


def test_evaluated_and_rare_hois(make_data):
    train = copy.deepcopy(RECORD)
    del train['hoi_annotation'][1]
    make_data(
        [dict(train, file_name=f'{n}.jpg') for n in range(9)] + [RECORD],
        name='train.json')
    data = make_data([RECORD])
    metainfo = CustomHOIDataset(test_mode=True, **data).metainfo
    assert metainfo['evaluated_hois'] == [0, 2]
    assert metainfo['rare_hois'] == []
    metainfo = CustomHOIDataset(
        test_mode=True, train_ann_file='train.json', **data).metainfo
    assert metainfo['evaluated_hois'] == [0, 2]
    assert metainfo['rare_hois'] == [1, 2]


def test_errors(make_data):
    data = make_data([RECORD])
    with pytest.raises(
            ValueError, match='unknown zero-shot split "uv".*has no splits'):
        CustomHOIDataset(zero_shot_split='uv', **data)
    with pytest.raises(FileNotFoundError, match='none.json.*does not exist'):
        CustomHOIDataset(test_mode=True, train_ann_file='none.json', **data)
    bad = copy.deepcopy(RECORD)
    del bad['hoi_annotation'][0]['verb']
    with pytest.raises(ValueError, match='a.jpg.*need subject_id, .* verb'):
        CustomHOIDataset(**make_data([bad]))
    with pytest.raises(FileNotFoundError, match='class file nowhere.json'):
        CustomHOIDataset(**dict(data, label_space='nowhere.json'))
