# Copyright (c) mmhoi contributors.
import json
import logging
from pathlib import Path

import pytest

from mmhoi.annotations.low_data import sample_images
from mmhoi.datasets import HICODetDataset, HOIDataset, hoi_dataset
from mmhoi.label_spaces import unseen_hois
from mmhoi.utils.setup_error import SetupError

RACE, RIDE, SIT_ON, HOP_ON = 73, 77, 88, 38


@pytest.fixture
def messages(monkeypatch):
    """Texts of the warnings that a data set logs."""
    texts = []

    def record(text, logger, level):
        assert level == logging.WARNING
        texts.append(text)

    monkeypatch.setattr(hoi_dataset, 'print_log', record)
    return texts


def test_item(write_data, make_record):
    dataset = HICODetDataset(**write_data([make_record(7)]))
    item = dataset.get_data_info(0)
    assert item['img_id'] == 7
    assert Path(item['img_path']).is_file()
    assert item['pairs'] == [
        dict(sub_id=0, obj_id=1, hois=[152, 153], verbs=[72, 76])
    ]
    assert [i['bbox_label'] for i in item['instances']] == [0, 3]
    assert item['test_mode'] is False
    assert dataset.get_cat_ids(0) == [0, 3]


def test_image_id_from_the_name(write_data, make_record):
    record = make_record(42)
    del record['img_id']
    dataset = HICODetDataset(**write_data([record]))
    assert dataset.get_data_info(0)['img_id'] == 42
    record['file_name'] = 'beach.jpg'
    with pytest.raises(SetupError, match='"beach.jpg" has no `img_id`'):
        HICODetDataset(test_mode=True, **write_data([record]))
    assert len(HICODetDataset(**write_data([record]))) == 1


def test_same_id_twice_in_testing(write_data, make_record):
    data = write_data([make_record(3), dict(make_record(4), img_id=3)])
    assert len(HICODetDataset(**data)) == 2
    with pytest.raises(SetupError, match='ann.json.*img_id 3 occurs 2 times'):
        HICODetDataset(test_mode=True, **data)


@pytest.mark.parametrize('filter_empty, numbers', [(False, [1, 2]),
                                                   (True, [1])])
def test_image_without_pairs(write_data, make_record, filter_empty, numbers):
    data = write_data([make_record(1), make_record(2, hois=[])])
    filter_cfg = dict(filter_empty_gt=filter_empty)
    dataset = HICODetDataset(filter_cfg=filter_cfg, **data)
    ids = [dataset.get_data_info(i)['img_id'] for i in range(len(dataset))]
    assert ids == numbers
    # It counts in testing: what is found there is wrong.
    assert len(HICODetDataset(filter_cfg=filter_cfg, test_mode=True,
                              **data)) == 2


def test_no_image_left(write_data, make_record):
    data = write_data([make_record(1, hois=[(0, 1, RIDE)])])
    with pytest.raises(ValueError, match="zero_shot_split='uv'"):
        HICODetDataset(
            zero_shot_split='uv',
            filter_cfg=dict(filter_empty_gt=True),
            **data)


def test_bad_annotations_give_one_warning(write_data, make_record, messages):
    bad = make_record(1, hois=[(0, 5, RIDE)])
    odd = make_record(
        2, boxes=[([5, 5, 5, 9], 1), ([1, 1, 9, 9], 4)], hois=[(0, 1, RIDE)])
    data = write_data([bad, odd, make_record(3)] +
                      [make_record(n, hois=[(9, 9, 1)]) for n in (4, 5, 6)])
    assert len(HICODetDataset(**data)) == 2
    message, = messages
    assert 'ann.json' in message
    assert '4 x index out of range, image left out,' in message
    assert 'HICO_train2015_00000001.jpg hoi_annotation[0]' in message
    assert '00000006.jpg' not in message
    assert '1 x empty or inverted box, left out,' in message
    assert 'HICO_train2015_00000002.jpg annotations[0]' in message
    assert message.endswith('Images dropped: 4.')
    assert len(HICODetDataset(test_mode=True, **data)) == 6


def test_good_annotations_give_no_warning(write_data, make_record, messages):
    HICODetDataset(**write_data([make_record(1), make_record(2, hois=[])]))
    assert messages == []


def test_zero_shot_drops_pairs_with_any_unseen_hoi(write_data, make_record):
    # In `uv` ride is unseen, in `rf_uc` hopping on a motorcycle is.
    boxes = [([1, 1, 9, 9], 1), ([1, 1, 9, 9], 4), ([2, 2, 9, 9], 1)]
    record = make_record(
        boxes=boxes,
        hois=[(0, 1, RACE), (0, 1, RIDE), (2, 1, SIT_ON), (2, 0, HOP_ON)])
    data = write_data([record, make_record(2, hois=[(0, 1, RIDE)])])

    def pairs(**kwargs):
        dataset = HICODetDataset(**data, **kwargs)
        items = [dataset.get_data_info(i) for i in range(len(dataset))]
        assert all(item['instances'] for item in items)
        return [[pair['hois'] for pair in item['pairs']] for item in items]

    assert pairs() == [[[152, 153], [154]], [[153]]]
    assert pairs(zero_shot_split='uv') == [[[154]], []]
    assert pairs(zero_shot_split='rf_uc') == pairs()
    # Where annotations are withheld is known, not what they say.
    withheld = HICODetDataset(zero_shot_split='uv', **data)
    where = dict(sub_id=0, obj_id=1)
    assert [withheld.get_data_info(i)['withheld_pairs']
            for i in range(2)] == [[where], [where]]
    assert pairs(
        zero_shot_split='uv',
        filter_cfg=dict(filter_empty_gt=True)) == [[[154]]]
    assert pairs(zero_shot_split='uv', test_mode=True) == pairs()
    # The boxes of a dropped pair stay.
    dataset = HICODetDataset(zero_shot_split='uv', **data)
    assert len(dataset.get_data_info(0)['instances']) == 3


@pytest.mark.parametrize('split', ['uc0', 'rf_uc', 'nf_uc', 'uo', 'uv'])
def test_zero_shot_leaves_no_unseen_hoi(write_data, make_record, split):
    space = hoi_dataset.load_label_space('hico_det')
    records = [
        make_record(
            hoi + 1,
            boxes=[([1, 1, 9, 9], 1), ([1, 1, 9, 9], space.category_ids[obj])],
            hois=[(0, 1, int(verb) + 1)])
        for hoi, (verb,
                  obj) in enumerate(zip(space.hoi_verbs, space.hoi_objects))
        if hoi % 5 == 0
    ]
    dataset = HICODetDataset(
        zero_shot_split=split,
        filter_cfg=dict(filter_empty_gt=True),
        **write_data(records, size=(4, 4)))
    kept = {
        hoi
        for i in range(len(dataset))
        for pair in dataset.get_data_info(i)['pairs']
        for hoi in pair['hois']
    }
    assert kept == set(range(0, 600, 5)) - set(unseen_hois(split).tolist())


def test_fraction_comes_before_every_filter(write_data, make_record):
    # Every second image has no pair.
    records = [
        make_record(n + 1, hois=[] if n % 2 else None) for n in range(20)
    ]
    data = write_data(records, size=(4, 4))
    dataset = HICODetDataset(
        fraction=0.25,
        fraction_seed=1,
        filter_cfg=dict(filter_empty_gt=True),
        **data)
    ids = [dataset.get_data_info(i)['img_id'] for i in range(len(dataset))]
    chosen = sample_images(20, 0.25, seed=1)
    assert ids == [n + 1 for n in chosen if n % 2 == 0]
    assert len(HICODetDataset(fraction=0.25, **data)) == 5


@pytest.mark.parametrize('kwargs, text', [
    (dict(fraction=5), 'fraction=5 .*config key `fraction`'),
    (dict(fraction=0), 'fraction=0 '),
    (dict(bbox_origin=2), 'bbox_origin=2 .*must be 0 or 1'),
    (dict(max_instances=0), 'max_instances=0 .*at least 1'),
    (dict(zero_shot_split='xy'), 'unknown zero-shot split "xy".*uc0'),
])
def test_wrong_argument(write_data, make_record, kwargs, text):
    data = write_data([make_record()])
    with pytest.raises(ValueError, match=text):
        HICODetDataset(**data, **kwargs)


def test_missing_annotation_file(write_data, make_record):
    data = write_data([make_record()])
    data['ann_file'] = 'nowhere.json'
    with pytest.raises(
            FileNotFoundError,
            match='nowhere.json" does not exist .*`ann_file`.*dataset_prep'):
        HICODetDataset(**data)


def test_missing_image_folder(write_data, make_record):
    data = write_data([make_record()])
    data['data_prefix'] = dict(img_path='pictures')
    with pytest.raises(
            FileNotFoundError,
            match='pictures" does not exist .*`data_prefix.img_path`'):
        HICODetDataset(**data)


@pytest.mark.parametrize('text, message', [
    ('[{"file_name": "a.jpg", "annot', 'is not valid JSON .*line 1'),
    ('', 'is not valid JSON'),
    ('{"images": [], "annotations": []}', 'must hold a list .* not a dict'),
    ('[{"file_name": "a.jpg"}]', 'missing key .entry 0: annotations'),
    ('[{"file_name": "a1.jpg", "annotations": [{"category_id": 1}], '
     '"hoi_annotation": []}]', 'missing key .a1.jpg annotations.0.: bbox'),
    ('[{"file_name": "a1.jpg", "annotations": [{"bbox": [1, 1, 2, 2], '
     '"category_id": 1}], "hoi_annotation": [{"subject_id": "0", '
     '"object_id": 0, "category_id": 1}]}]',
     "a1.jpg hoi_annotation.0.: subject_id '0' is not of type int"),
])
def test_broken_annotation_file(write_data, make_record, text, message):
    data = write_data([make_record()])
    Path(data['data_root'], data['ann_file']).write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        HICODetDataset(**data)
    assert 'ann.json' in str(error.value)


@pytest.mark.parametrize('test_mode', [False, True])
def test_unreadable_image_is_skipped_or_stands_in(write_data, make_record,
                                                  test_mode):
    data = write_data([make_record(1), make_record(2)])
    Path(data['data_root'], 'images',
         'HICO_train2015_00000001.jpg').write_bytes(b'no image')
    pipeline = [dict(type='LoadHOIImage', on_error='skip')]
    dataset = HICODetDataset(pipeline=pipeline, test_mode=test_mode, **data)
    ids = {dataset[i]['img_id'] for i in (0, 1, 0, 1)}
    assert ids == ({1, 2} if test_mode else {2})
    assert dataset[0].get('img_unreadable', False) is test_mode
    assert len(dataset) == 2


def test_annotation_file_is_read_as_is(write_data, make_record):
    data = write_data([make_record()])
    path = Path(data['data_root'], data['ann_file'])
    before = path.read_text()
    HICODetDataset(bbox_origin=1, zero_shot_split='uv', **data)
    assert path.read_text() == before
    assert json.loads(before)[0]['img_id'] == 1


@pytest.mark.parametrize('key', ['classes_file', 'category_file'])
def test_old_keys_work_and_name_the_new_one(write_data, make_record, key,
                                            monkeypatch):
    lines = []
    monkeypatch.setattr('mmhoi.datasets.hoi_dataset.print_log',
                        lambda line, **_: lines.append(line))
    data = write_data([make_record()])
    dataset = HOIDataset(label_space='synhico', **data, **{key: 'hico_det'})
    assert dataset.label_space.name == 'hico_det'
    assert any(f'`{key}`' in line and "label_space='hico_det'" in line
               for line in lines)


def test_items_do_not_hold_the_label_space(write_data, make_record):
    dataset = HOIDataset(label_space='hico_det', **write_data([make_record()]))
    space = dataset.get_data_info(0)['label_space']
    assert space is dataset.label_space
    dataset = HOIDataset(
        label_space='hico_det',
        serialize_data=False,
        **write_data([make_record()]))
    assert 'label_space' not in dataset.data_list[0]
