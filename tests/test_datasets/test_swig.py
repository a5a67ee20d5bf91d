# Copyright (c) mmhoi contributors.
import json

import pytest
import swig_data
from PIL import Image

from mmhoi.datasets import SWIGHOIDataset
from mmhoi.registry import DATASETS


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / 'images'
    folder.mkdir()
    records = [swig_data.entry(7), swig_data.entry(9, hois=())]
    for record in records:
        Image.new('RGB', (681, 512)).save(folder / record['file_name'])
    (tmp_path / 'ann.json').write_text(json.dumps(records))
    return dict(
        data_root=str(tmp_path),
        ann_file='ann.json',
        data_prefix=dict(img_path='images'),
        label_space=str(swig_data.write_categories(tmp_path / 'tables.py')))


def test_items(data):
    dataset = SWIGHOIDataset(**data)
    assert len(dataset) == 2
    item = dataset.get_data_info(0)
    assert item['img_id'] == 7
    assert item['instances'][2]['bbox'] == [247, 134, 566, 512]
    assert [i['bbox_label'] for i in item['instances']] == [0, 1, 2]
    assert item['pairs'] == [
        dict(sub_id=0, obj_id=1, hois=[0], verbs=[0]),
        dict(sub_id=0, obj_id=2, hois=[1], verbs=[1])
    ]
    assert len(SWIGHOIDataset(filter_cfg=dict(filter_empty_gt=True),
                              **data)) == 1


def test_metainfo_of_the_file(data):
    metainfo = SWIGHOIDataset(metainfo=dict(extra=1), **data).metainfo
    assert metainfo['classes'] == ('person', 'hose', 'apple')
    assert metainfo['hoi_classes'][1] == 'eating apple'
    assert metainfo['evaluated_hois'] == [0, 1, 2]
    assert metainfo['rare_hois'] == [1, 3]
    assert metainfo['hoi_frequencies'] == [2, 1, 0, 1]
    assert len(metainfo['palette']) == 3
    assert metainfo['extra'] == 1


def test_pipeline(data):
    pipeline = [
        dict(type='LoadHOIImage'),
        dict(type='LoadHOIAnnotations'),
        dict(type='PackHOIInputs')
    ]
    cfg = dict(type='mmhoi.SWIGHOIDataset', pipeline=pipeline, **data)
    sample = DATASETS.build(cfg)[0]['data_samples']
    pairs = sample.gt_hoi_instances
    assert pairs.hoi_labels.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert pairs.verb_labels.tolist() == [[1, 0], [0, 1]]
    assert pairs.obj_labels.tolist() == [1, 2]


@pytest.mark.parametrize('change, message', [
    (lambda r: r.pop('img_id'), 'missing key .entry 0: img_id.*entries need'),
    (lambda r: r['hoi_annotations'][0].pop('action_id'), 'wrapping_7.jpg'),
])
def test_bad_entry(data, tmp_path, change, message):
    path = tmp_path / 'ann.json'
    records = json.loads(path.read_text())
    change(records[0])
    path.write_text(json.dumps(records))
    with pytest.raises(ValueError, match=message):
        SWIGHOIDataset(**data)


def test_splits_of_hico_are_refused(data):
    with pytest.raises(
            ValueError, match='unknown zero-shot split "uv".*has no splits'):
        SWIGHOIDataset(zero_shot_split='uv', **data)
