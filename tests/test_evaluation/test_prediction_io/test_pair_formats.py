# Copyright (c) mmhoi contributors.
import json
import pickle

import numpy as np
import pytest

from mmhoi.evaluation.prediction_io import (PAIR_FORMATS, find_pair_format,
                                            read_pair_predictions,
                                            write_pair_predictions)
from mmhoi.label_spaces import load_label_space

HICO = load_label_space('hico_det')

FILES = ('a.pkl', 'a.pickle', 'a.json', 'a.jsonl', 'a.npz', 'folder')


def by_score(pairs):
    return pairs.select(np.lexsort((-pairs.scores, pairs.images)))


@pytest.mark.parametrize('dtype', [np.float32, np.float64])
@pytest.mark.parametrize('counts', [(3, 0, 5), (0, 0), (1, )])
@pytest.mark.parametrize('name', FILES)
def test_round_trip(tmp_path, make_predictions, name, counts, dtype):
    given = make_predictions(counts, dtype)
    write_pair_predictions(tmp_path / name, given, HICO)
    ids = np.sort(given.image_ids)
    read = read_pair_predictions(tmp_path / name, HICO, ids)
    read, missing, unknown = read.align(given.image_ids)
    assert (missing, unknown) == (0, 0)
    expected, found = by_score(given.pairs), by_score(read.pairs)
    scale = 1000 if name == 'folder' else 1
    for key in ('images', 'labels', 'sub_bboxes', 'obj_bboxes'):
        np.testing.assert_array_equal(
            getattr(found, key), getattr(expected, key))
    np.testing.assert_array_equal(found.scores,
                                  expected.scores.astype(float) * scale)
    if name != 'folder':
        np.testing.assert_array_equal(read.image_sizes, given.image_sizes)


@pytest.mark.parametrize('name', FILES)
def test_origin_of_the_file(tmp_path, make_predictions, name):
    given = make_predictions()
    write_pair_predictions(tmp_path / name, given, HICO)
    ids = np.sort(given.image_ids)
    zero, one = (
        read_pair_predictions(tmp_path / name, HICO, ids, origin=origin).pairs
        for origin in (0, 1))
    np.testing.assert_array_equal(one.sub_bboxes, zero.sub_bboxes - 1)
    np.testing.assert_array_equal(one.obj_bboxes, zero.obj_bboxes - 1)


def test_every_format_is_guessed_and_forced(tmp_path, make_predictions):
    endings = [e for f in PAIR_FORMATS.values() for e in f.endings]
    assert len(set(endings)) == len(endings)
    given = make_predictions()
    for key, value in PAIR_FORMATS.items():
        assert find_pair_format('x', key) is value
        for ending in value.endings:
            assert find_pair_format(f'some/file{ending}') is value
        path = tmp_path / f'{key}.txt'
        write_pair_predictions(path, given, HICO, format=key)
        read = read_pair_predictions(path, HICO, np.sort(given.image_ids), key)
        assert len(read.pairs.images) == 8


@pytest.mark.parametrize('path, name, message', [
    ('a.txt', None, r'a\.txt .* --format .*\.pkl, \.pickle \(pkl\)'),
    ('a.pkl', 'xml', 'unknown format "xml"; allowed: pkl, json, jsonl'),
])
def test_unknown_format(path, name, message):
    with pytest.raises(ValueError, match=message):
        find_pair_format(path, name)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='does not exist'):
        read_pair_predictions(tmp_path / 'a.json', HICO)


RECORD = dict(
    labels=[3, 4],
    scores=[.5, .25],
    sub_bboxes=[[0, 0, 9, 9], [1, 1, 5, 5]],
    obj_bboxes=[[2, 2, 9, 9], [3, 3, 5, 5]])

BAD_RECORDS = [
    (dict(scores=[.5, float('nan')]), 'prediction 1: nan in scores'),
    (dict(scores=[float('inf'), .5]), 'prediction 0: inf in scores'),
    (dict(scores=['a', .5]), 'scores has dtype'),
    (dict(scores=[None, .5]), 'scores has dtype object'),
    (dict(scores=[.5]), r'shapes \(2,\), \(1,\)'),
    (dict(scores=[[.5], [.2, .3]]), 'scores cannot be an array'),
    (dict(labels=[3, 600]), r'prediction 1: 600 in labels .* 0\.\.599'),
    (dict(labels=[-1, 3]), r'prediction 0: -1 in labels .* official id minus'),
    (dict(labels=[3., 4.]), 'labels has dtype float64; ids must be integers'),
    (dict(labels=[True, False]), 'labels has dtype bool'),
    (dict(labels=[2**70, 1]), 'labels has dtype object'),
    (dict(labels=3), 'have shapes'),
    (dict(sub_bboxes=[[0, 0, 9, float('inf')], [1, 1, 5, 5]]),
     'inf.* in sub_bboxes .* finite'),
    (dict(obj_bboxes=[[2, 2, 9, 9], [5, 3, 3, 5]]),
     r'prediction 1: \[5.0, 3.0, 3.0, 5.0\] in obj_bboxes .* not x, y, width'),
    (dict(obj_bboxes=[[2, 2, 9], [5, 3, 3]]), r'\(2, 3\)'),
    (dict(sub_bboxes=None), 'sub_bboxes has dtype object'),
]


def write_record(path, record, image_id=17):
    """One image in the format that the ending tells."""
    result = dict(img_id=image_id, pred_hoi_instances=record)
    if path.suffix == '.jsonl':
        path.write_text(json.dumps(dict(record, image_id=image_id)))
    elif path.suffix == '.json':
        path.write_text(json.dumps([result]))
    else:
        path.write_bytes(pickle.dumps([result]))


@pytest.mark.parametrize('name', ['a.pkl', 'a.json', 'a.jsonl'])
@pytest.mark.parametrize('change, message', BAD_RECORDS)
def test_bad_prediction_is_refused_with_its_place(tmp_path, name, change,
                                                  message):
    path = tmp_path / name
    write_record(path, RECORD)
    assert len(read_pair_predictions(path, HICO).pairs.images) == 2
    write_record(path, dict(RECORD, **change))
    with pytest.raises(ValueError, match=f'{name}.* image 17.*{message}'):
        read_pair_predictions(path, HICO)


@pytest.mark.parametrize('name', ['a.pkl', 'a.json', 'a.jsonl'])
@pytest.mark.parametrize('image_id',
                         ['17', 1.5, None, -3, True, False, [1], 2**60])
def test_bad_image_id(tmp_path, name, image_id):
    write_record(tmp_path / name, RECORD, image_id)
    with pytest.raises(ValueError, match='entry 0: image id .*whole number'):
        read_pair_predictions(tmp_path / name, HICO)


@pytest.mark.parametrize('key', RECORD)
@pytest.mark.parametrize('name', ['a.pkl', 'a.json', 'a.jsonl'])
def test_missing_field(tmp_path, name, key):
    record = {k: v for k, v in RECORD.items() if k != key}
    write_record(tmp_path / name, record)
    with pytest.raises(ValueError, match=f'entry 0, image 17 lacks {key}'):
        read_pair_predictions(tmp_path / name, HICO)


@pytest.mark.parametrize('name, text, message', [
    ('a.json', '[{"img_id": 1, "pred_hoi', 'not valid JSON .* incomplete'),
    ('a.json', '', 'not valid JSON'),
    ('a.json', '\x00\xff', 'not valid JSON'),
    ('a.json', '[' * 100000, 'not valid JSON .*nested too deeply'),
    ('a.json', '{}', 'holds a dict where a list'),
    ('a.json', '[3]', 'entry 0 is not as in'),
    ('a.json', '[{"img_id": 1}]', 'entry 0 is not as in'),
    ('a.json', '[{"img_id": 1, "pred_hoi_instances": 3}]', 'not int'),
    ('a.json', '[{"img_id": 1, "ori_shape": 3, "pred_hoi_instances": {}}]',
     'ori_shape must be'),
    ('a.json',
     '[{"img_id": 1, "ori_shape": [3, -1], "pred_hoi_instances": {}}]',
     'image size'),
    ('a.jsonl', '{"image_id": 1', 'line 1 is not valid JSON'),
    ('a.jsonl', '\n[1]\n', 'line 2 must be an object with image_id'),
    ('a.jsonl', '[' * 100000, 'line 1 is not valid JSON'),
    ('a.jsonl', '{"labels": []}', 'line 1 must be an object with image_id'),
])
def test_malformed_text(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text, encoding='latin1')
    with pytest.raises(ValueError, match=f'{name}.*{message}'):
        read_pair_predictions(path, HICO)


def test_image_listed_twice(tmp_path, make_predictions):
    path = tmp_path / 'a.jsonl'
    write_pair_predictions(path, make_predictions(), HICO)
    path.write_text(path.read_text() * 2)
    with pytest.raises(ValueError, match=r'image 9 is listed twice .*0 and 3'):
        read_pair_predictions(path, HICO)


def test_empty_predictions(tmp_path):
    for name, text in (('a.json', '[]'), ('a.jsonl', '')):
        (tmp_path / name).write_text(text)
        read = read_pair_predictions(tmp_path / name, HICO)
        assert len(read.image_ids) == len(read.pairs.images) == 0
