# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.evaluation.hico_ground_truth import read_hico_ground_truth

PERSON, BIKE = ([11, 21, 51, 61], 1), ([31, 31, 91, 71], 4)
RIDE, RACE = 77, 73


def write(path, records):
    path.write_text(json.dumps(records))
    return path


def test_json(tmp_path, make_record):
    path = write(tmp_path / 'a.json', [
        make_record(8, [PERSON, BIKE, PERSON], [(2, 1, RIDE), (0, 1, RACE),
                                                (2, 1, RACE)]),
        make_record(5, [PERSON], []),
        make_record(3, [BIKE, PERSON], [(1, 0, RIDE)])
    ])
    truth = read_hico_ground_truth(path)
    assert truth.image_ids.tolist() == [3, 5, 8]
    # Inside an image the pairs of a class keep the order of the file.
    assert truth.pairs.images.tolist() == [2, 2, 2, 0]
    assert truth.pairs.labels.tolist() == [153, 152, 152, 153]
    np.testing.assert_array_equal(truth.pairs.sub_bboxes,
                                  [[10, 20, 50, 60]] * 4)
    np.testing.assert_array_equal(truth.pairs.obj_bboxes,
                                  [[30, 30, 90, 70]] * 4)
    one = read_hico_ground_truth(path, origin=0)
    np.testing.assert_array_equal(one.pairs.sub_bboxes, [[11, 21, 51, 61]] * 4)


def test_image_number_from_the_file_name(tmp_path, make_record):
    record = make_record(12)
    del record['img_id']
    truth = read_hico_ground_truth(write(tmp_path / 'a.json', [record]))
    assert truth.image_ids.tolist() == [12]


def test_npz_equals_its_arrays(hico_file, hico_slice):
    truth = read_hico_ground_truth(hico_file)
    np.testing.assert_array_equal(truth.image_ids, hico_slice['image_id'])
    np.testing.assert_array_equal(truth.pairs.labels, hico_slice['gt_hoi'])
    np.testing.assert_array_equal(truth.pairs.sub_bboxes,
                                  hico_slice['gt_sub'] - 1)


def test_npz_images_in_any_order(tmp_path, hico_file):
    arrays = dict(np.load(hico_file))
    arrays['image_id'] = arrays['image_id'][::-1]
    arrays['gt_image'] = len(arrays['image_id']) - 1 - arrays['gt_image']
    path = tmp_path / 'a.npz'
    np.savez(path, **arrays)
    expected, found = map(read_hico_ground_truth, (hico_file, path))
    np.testing.assert_array_equal(found.image_ids, expected.image_ids)
    np.testing.assert_array_equal(found.pairs.images, expected.pairs.images)


def test_unusable_annotations_are_counted(tmp_path, make_record):
    path = write(tmp_path / 'a.json', [
        make_record(1, [PERSON, ([1, 1, 2], 4)]),
        make_record(2, hois=[(0, 1, RIDE), (0, 7, RIDE), (0, 1, 118)])
    ])
    with pytest.warns(UserWarning) as record:
        truth = read_hico_ground_truth(path)
    text = str(record[0].message)
    assert '1 x bad box, left out' in text
    assert '1 x index out of range, left out' in text
    assert '1 x unknown verb, left out' in text
    assert truth.image_ids.tolist() == [1, 2]
    assert truth.pairs.labels.tolist() == [153]


@pytest.mark.parametrize('records, message', [
    ({}, 'must hold a list .* not a dict'),
    ([], 'no image'),
    ([3], 'entry 0: 3 is not a dict'),
    ([dict(file_name='a_1.jpg')], 'entry 0: annotations'),
    ([dict(file_name=3, annotations=[], hoi_annotation=[])], 'entry 0'),
    ([dict(file_name='a.jpg', annotations=[], hoi_annotation=[])
      ], 'does not end with a number'),
    ([dict(file_name='a_1.jpg', annotations=[{}], hoi_annotation=[])
      ], 'missing key .a_1.jpg annotations.0.: bbox'),
    ([dict(file_name='a_1.jpg', annotations=[], hoi_annotation=[3])
      ], 'a_1.jpg hoi_annotation.0.: 3 is not a dict'),
    ([
        dict(
            file_name='a_1.jpg', img_id='1', annotations=[], hoi_annotation=[])
    ], "img_id '1' is not a whole number"),
    ([
        dict(file_name=f'{name}_1.jpg', annotations=[], hoi_annotation=[])
        for name in 'ab'
    ], 'img_id 1 occurs 2 times'),
])
def test_malformed_json(tmp_path, records, message):
    with pytest.raises(ValueError, match=message):
        read_hico_ground_truth(write(tmp_path / 'a.json', records))


def test_truncated_json(tmp_path, make_record):
    path = write(tmp_path / 'a.json', [make_record()])
    path.write_text(path.read_text()[:-9])
    with pytest.raises(ValueError, match='not valid JSON'):
        read_hico_ground_truth(path)


@pytest.mark.parametrize('key, value, message', [
    ('gt_hoi', 600, 'pair 0 .* HOI id 600'),
    ('gt_human', np.nan, 'box that is not finite'),
    ('gt_image', 1500, r'gt_image\[0\] is 1500'),
])
def test_malformed_npz(tmp_path, hico_file, key, value, message):
    arrays = dict(np.load(hico_file))
    arrays[key] = arrays[key].astype(type(value))
    arrays[key][0] = value
    path = tmp_path / 'a.npz'
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=message):
        read_hico_ground_truth(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='how to get it'):
        read_hico_ground_truth(tmp_path / 'a.json')
