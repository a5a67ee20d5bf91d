# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import pytest
from mmengine.dataset import pseudo_collate

from mmhoi.datasets import ConcatDataset, ObjectImages, ObjectImageSampler
from mmhoi.registry import DATA_SAMPLERS, DATASETS
from mmhoi.synthetic import write_synhico
from mmhoi.utils.setup_error import SetupError

PIPELINE = [
    dict(type='LoadHOIImage'),
    dict(type='LoadHOIAnnotations'),
    dict(type='PackHOIInputs')
]


@pytest.fixture(scope='module')
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp('data') / 'synhico'
    write_synhico(folder, 12, 1, size=(96, 96), progress=False)
    return dict(
        type='SynHICODataset',
        data_root=str(folder),
        ann_file='annotations/trainval_hico.json',
        data_prefix=dict(img_path='images/train2015/'))


def make_objects(source, **options):
    return ObjectImages(
        source, label_space='synhico', pipeline=PIPELINE, **options)


def test_items(source):
    images = make_objects(source)
    batch = pseudo_collate([images[0], images[len(images) - 1]])
    for sample in batch['data_samples']:
        assert sample.objects_only
        assert len(sample.gt_hoi_instances) == 0
        assert len(sample.gt_instances) and (sample.gt_instances.labels
                                             != 0).all()


def test_withheld_objects(source):
    every = make_objects(source)
    some = make_objects(source, zero_shot_split='uo')
    space = every.label_space
    seen = set(space.hoi_objects[space.seen_hois('uo')])
    used = {box['bbox_label'] for item in some for box in [*_boxes(item)]}
    assert used <= seen
    assert len(some) <= len(every)


def _boxes(item):
    for label in item['data_samples'].gt_instances.labels.tolist():
        yield dict(bbox_label=label)


def test_other_classes(source):
    with pytest.raises(SetupError, match="the same, in the same order"):
        make_objects(dict(source,
                          metainfo=dict(classes=('dog', 'cat')))).full_init()


def test_only_people(source, tmp_path):
    file = Path(source['data_root']) / source['ann_file']
    records = json.loads(file.read_text())
    for record in records:
        record['annotations'] = [
            dict(box, category_id=1) for box in record['annotations']
        ]
        record['hoi_annotation'] = []
    people = tmp_path / 'people.json'
    people.write_text(json.dumps(records))
    with pytest.raises(SetupError, match='shows an object'):
        make_objects(dict(source, ann_file=str(people)))


def make_pair(source):
    return ConcatDataset([
        DATASETS.build(dict(source, pipeline=PIPELINE)),
        make_objects(source)
    ])


def test_sampler(source):
    both = make_pair(source)
    first = len(both.datasets[0])
    sampler = DATA_SAMPLERS.build(
        dict(type='ObjectImageSampler', dataset=both, seed=1))
    indices = list(sampler)
    assert len(indices) == len(sampler) == 3 * first
    assert sorted(indices[::3]) == list(range(first))
    assert all(index >= first for i, index in enumerate(indices) if i % 3)
    assert max(indices) < len(both)
    assert indices == list(sampler)
    sampler.set_epoch(1)
    assert indices != list(sampler)


@pytest.mark.parametrize('number', [0, -1])
def test_sampler_of_nothing(source, number):
    with pytest.raises(SetupError, match='at least 1'):
        ObjectImageSampler(make_pair(source), num_object_images=number)
    with pytest.raises(SetupError, match='two parts'):
        ObjectImageSampler(make_objects(source))
