# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmhoi.annotations.hoia_validation import HOIAValidator, load_hoia
from mmhoi.label_spaces import load_label_space
from mmhoi.utils.image_orientation import ImageFrames

TEST_GT = Path(__file__).parents[3] / 'shared/facts/hico_det_test_gt.json'
RIDE = 77
NAME = 'HICO_train2015_00000001.jpg'


def validator(label_space='hico_det', origin=0, **kwargs):
    return HOIAValidator(load_label_space(label_space), origin, **kwargs)


def findings(records, **kwargs):
    return [str(p) for p in validator(**kwargs).validate(records)]


def test_good_entries(make_record):
    assert findings([make_record(1), make_record(2)]) == []


def box(bbox, category=1):
    return dict(bbox=bbox, category_id=category)


def hoi(sub, obj, verb=RIDE, **kwargs):
    return dict(subject_id=sub, object_id=obj, category_id=verb, **kwargs)


@pytest.mark.parametrize('new, text', [
    (box([1, 1, 9]), 'bad box: bbox [1, 1, 9] is not four finite numbers'),
    (box([1, 1, 9, None]), 'bad box: '),
    (box([1, 1, 9, float('nan')]), 'bad box: '),
    (box([1, 1, 9, float('inf')]), 'bad box: '),
    (box([1, 1, 9, True]), 'bad box: '),
    (box([9, 1, 9, 9]), 'empty or inverted box: bbox [9, 1, 9, 9] must be'),
    (box([9, 8, 10, 7]), 'empty or inverted box: '),
    (box([-1, 1, 9, 9]), 'box outside of the image: bbox [-1, 1, 9, 9], '
     'counted from 0,'),
    (box([1, 1, 9, 9], 12), 'unknown category: category_id 12 is none of the '
     '80 ids'),
    (box([1, 1, 9, 9], 'cat'), "bad type: category_id 'cat' is not of type "
     'int'),
    (dict(category_id=1), 'missing key: bbox'),
    (7, 'bad structure: 7 is not a dict with bbox, category_id'),
])
def test_bad_box(make_record, new, text):
    record = make_record()
    record['annotations'].append(new)
    found, = findings([record])
    assert found.startswith(f'error: {NAME} annotations[2]: {text}')


@pytest.mark.parametrize('new, text', [
    (hoi(2, 1), 'error: {}: index out of range: subject_id 2 is not in 0..1'),
    (hoi(0, -1), 'error: {}: index out of range: object_id -1 is not in 0..1'),
    (hoi(0, 1, 0), 'error: {}: unknown verb: category_id 0 is not in 1..117'),
    (hoi(0, 1, 118), 'error: {}: unknown verb: '),
    (hoi(0, 1, 25), 'error: {}: verb and object form no HOI: eat_at and '
     'motorcycle'),
    (hoi(0, 1, 88, hoi_category_id=3), 'error: {}: contradicting HOI: '
     'hoi_category_id 3, but verb and object make 155'),
    (hoi(0, 1), 'warning: {}: repeated interaction: the same as '
     'hoi_annotation[1]'),
    (hoi(0.5, 1), 'error: {}: bad type: subject_id 0.5 is not of type int'),
    (dict(subject_id=0, object_id=1), 'error: {}: missing key: category_id'),
    (None, 'error: {}: bad structure: None is not a dict'),
])
def test_bad_interaction(make_record, new, text):
    record = make_record()
    record['hoi_annotation'].append(new)
    found, = findings([record])
    assert found.startswith(text.format(f'{NAME} hoi_annotation[2]'))


@pytest.mark.parametrize('record, text', [
    (3, 'entry 0: bad structure: 3 is not a dict with file_name, annotations'),
    (dict(annotations=[],
          hoi_annotation=[]), 'entry 0: missing key: file_name'),
    (dict(file_name=NAME, annotations={}, hoi_annotation=[]),
     'entry 0: bad type: annotations {} is not of type list'),
])
def test_bad_entry_loses_no_other(make_record, record, text):
    bad = make_record(2, hois=[(0, 9, RIDE)])
    found = findings([record, bad])
    assert len(found) == 2
    assert found[0].startswith(f'error: {text}')
    assert '00000002.jpg hoi_annotation[0]: index out of range' in found[1]


def test_images_that_occur_twice(make_record):
    other = dict(make_record(1), file_name='other_1.jpg')
    found = findings([make_record(1), other, make_record(3), make_record(3)])
    assert [text.split(';')[0] for text in found] == [
        'error: repeated image: file_name HICO_train2015_00000003.jpg occurs '
        '2 times', 'error: repeated img_id: img_id 1 occurs 2 times',
        'error: repeated img_id: img_id 3 occurs 2 times'
    ]


def test_images(make_record):

    def size(name):
        if '00000002' in name:
            raise OSError('damaged')
        size = 89 if '00000001' in name else 90, 70
        return ImageFrames(size, size, 1)

    found = findings([make_record(n) for n in (1, 2, 3)], image_frame=size)
    assert len(found) == 2
    assert found[0].startswith(
        f'error: {NAME} annotations[1]: box outside of the image: bbox '
        '[30, 30, 90, 70], counted from 0, reaches out of the image of 89 x '
        '70 pixels')
    assert found[1].endswith('00000002.jpg: image cannot be read: damaged')


def test_origin(make_record):
    records = [
        make_record(n, boxes=[([1, 1, 9, 9], 1), ([1, 2, 9, 9], 4)])
        for n in range(200)
    ]
    found, = findings(records)
    assert found.startswith('warning: boxes may count from 1: no box of 400 ')
    assert findings(records, origin=1) == []
    # Too few boxes say nothing, and a single 0 is proof enough.
    assert findings(records[:99]) == []
    records[7]['annotations'][0]['bbox'][0] = 0
    assert findings(records) == []
    assert 'outside of the image' in findings(records, origin=1)[0]


def test_vcoco(make_record):
    space = load_label_space('vcoco')
    walk, ride = (space.verbs.index(v) for v in ('walk', 'ride_instr'))
    record = make_record(hois=[(0, -1, walk), (0, 1, ride)])
    assert findings([record], label_space='vcoco') == []
    record = make_record(hois=[(0, 1, walk), (0, -2, walk)])
    found = findings([record], label_space='vcoco')
    assert 'verb and object form no HOI: walk and motorcycle' in found[0]
    assert 'object_id -2 is not in -1..1' in found[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: st.lists(values) | st.dictionaries(
        st.sampled_from([
            'file_name', 'annotations', 'hoi_annotation', 'bbox',
            'category_id', 'subject_id', 'object_id', 'img_id',
            'hoi_category_id'
        ]), values))


@settings(max_examples=100, deadline=None)
@given(st.lists(JSON))
def test_any_structure_gives_findings_only(records):
    found = list(validator().validate(records))
    assert len(found) >= sum(not isinstance(r, dict) for r in records)


@pytest.mark.parametrize('text, message', [
    ('', 'not valid JSON'),
    ('[{"file_name": "a', 'not valid JSON .*incomplete'),
    ('[' * 100000, 'not valid JSON'),
    ('{}', 'a list with one entry per image .*not a dict'),
    ('\xff', 'not valid JSON'),
])
def test_other_files(tmp_path, text, message):
    path = tmp_path / 'ann.json'
    path.write_text(text, encoding='latin-1')
    with pytest.raises(ValueError, match=f'ann.json .*{message}'):
        load_hoia(path)
    with pytest.raises(FileNotFoundError, match='none.json does not exist'):
        load_hoia(tmp_path / 'none.json')


@pytest.mark.skipif(not TEST_GT.exists(), reason='needs the real test set')
def test_real_test_set_has_no_error():
    found = list(validator(origin=1).validate(json.loads(TEST_GT.read_text())))
    assert {p.kind for p in found} == {'image without interaction'}
    assert len(found) == 112
