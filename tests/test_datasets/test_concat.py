# Copyright (c) mmhoi contributors.
import json

import pytest
from mmengine.registry import init_default_scope
from PIL import Image

from mmhoi.datasets import ConcatDataset
from mmhoi.evaluation.test_set_check import check_test_set
from mmhoi.registry import DATASETS
from mmhoi.utils.setup_error import SetupError

CLASSES = dict(objects=['dog'], verbs=['walk', 'feed', 'pet'])
PIPELINE = [
    dict(type='LoadHOIImage'),
    dict(type='LoadHOIAnnotations', clamp=False),
    dict(type='PackHOIInputs')
]


@pytest.fixture
def part(tmp_path):
    """Function that writes a file of own data; gives the config."""

    def write(name, verbs, classes=CLASSES, **kwargs):
        folder = tmp_path / name
        folder.mkdir()
        (folder / 'classes.json').write_text(json.dumps(classes))
        boxes = [
            dict(bbox=[1, 1, 9, 9], category='person'),
            dict(bbox=[3, 3, 20, 9], category='dog')
        ]
        records = [
            dict(
                file_name=f'{n}.jpg',
                annotations=boxes,
                hoi_annotation=[dict(subject_id=0, object_id=1, verb=verb)],
                **{
                    key: value + n
                    for key, value in kwargs.items()
                }) for n, verb in enumerate(verbs)
        ]
        for record in records:
            Image.new('RGB', (30, 20)).save(folder / record['file_name'])
        (folder / 'ann.json').write_text(json.dumps(records))
        return dict(
            type='CustomHOIDataset',
            data_root=str(folder),
            ann_file='ann.json',
            label_space=str(folder / 'classes.json'),
            pipeline=PIPELINE,
            test_mode=True)

    return write


def build(*parts, **kwargs):
    init_default_scope('mmhoi')
    dataset = DATASETS.build(
        dict(type='ConcatDataset', datasets=list(parts), **kwargs))
    assert type(dataset) is ConcatDataset
    return dataset


def ids(dataset):
    return [dataset.get_data_info(i)['img_id'] for i in range(len(dataset))]


def test_files_with_other_hois(part):
    dataset = build(part('a', ['walk', 'walk']), part('b', ['feed', 'walk']))
    first = dataset.datasets[0].metainfo['evaluated_hois']
    assert len(first) == 1
    assert dataset.metainfo['evaluated_hois'] == [0, 1]
    assert dataset.metainfo['rare_hois'] == []
    # Places go on; the part itself counts from 0.
    assert ids(dataset) == [0, 1, 2, 3]
    assert dataset[3]['data_samples'].img_id == 3
    assert dataset.datasets[1].get_data_info(1)['img_id'] == 1
    check_test_set(dataset)


def test_parts_of_files(part):
    dataset = build(
        dict(part('a', ['walk'] * 5), indices=2),
        dict(part('b', ['walk'] * 5), indices=2))
    assert ids(dataset) == [0, 1, 5, 6]


def test_rare_hois(part):
    train = part('t', ['walk'] * 12 + ['feed'])
    name = f'{train["data_root"]}/ann.json'
    dataset = build(*(dict(part(key, [verb]), train_ann_file=name)
                      for key, verb in (('a', 'walk'), ('b', 'feed'))))
    assert dataset.metainfo['evaluated_hois'] == [0, 1]
    assert dataset.metainfo['rare_hois'] == [1, 2]


def test_given_ids(part):
    dataset = build(
        part('a', ['walk'] * 2, img_id=7), part('b', ['walk'] * 2, img_id=9))
    assert ids(dataset) == [7, 8, 9, 10]
    dataset = build(part('c', ['walk'] * 2, img_id=1), part('d', ['walk'] * 3))
    with pytest.raises(SetupError, match='two images of the img_id 1.*'):
        check_test_set(dataset)


def test_other_classes(part):
    other = dict(CLASSES, verbs=['feed', 'walk', 'pet'])
    with pytest.raises(SetupError, match='a/ann.json.*have other `hoi_clas'):
        build(part('a', ['walk']), part('b', ['walk'], classes=other))
    with pytest.raises(SetupError, match='no part'):
        build()


def test_lazy(part):
    dataset = build(part('a', ['walk']), part('b', ['feed']), lazy_init=True)
    dataset.full_init()
    assert dataset.metainfo['evaluated_hois'] == [0, 1]


def test_without_interaction(part):
    config = part('a', ['kick'])
    with pytest.raises(SetupError, match='ann.json.*no interaction'):
        check_test_set(build(config))
