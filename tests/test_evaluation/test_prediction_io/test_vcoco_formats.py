# Copyright (c) mmhoi contributors.
import json
import pickle

import numpy as np
import pytest

from mmhoi.evaluation.prediction_io.vcoco_formats import (
    read_vcoco_predictions, write_vcoco_predictions)
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import ROLE_VERBS, VCOCO_VERBS
from mmhoi.structures import VCOCODetections


@pytest.fixture(scope='module')
def det():
    """Ten persons in four images, some roles without object."""
    rng = np.random.default_rng(0)
    boxes = rng.integers(0, 50, (10, 4)).astype(np.float32)
    boxes[:, 2:] += boxes[:, :2]
    agents = rng.random((10, 26)).astype(np.float32)
    agents[rng.random(agents.shape) < .5] = np.nan
    roles = rng.random((10, 26, 2, 5)).astype(np.float32)
    roles[..., 2:4] += roles[..., :2]
    roles[rng.random((10, 26, 2)) < .3, :4] = 0
    roles[rng.random((10, 26, 2)) < .3, 4] = np.nan
    return VCOCODetections.from_dense(
        np.array([7, 7, 7, 9, 9, 12, 12, 12, 12, 5]), boxes, agents, roles)


@pytest.mark.parametrize('name', ['a.pkl', 'a.pickle', 'a.jsonl', 'a.npz'])
def test_written_and_read(det, tmp_path, name):
    path = tmp_path / 'new' / name
    write_vcoco_predictions(path, det)
    found = read_vcoco_predictions(path)
    assert found.pairs is None
    for values, expected in zip(found.det, det):
        np.testing.assert_array_equal(values, expected)


def test_official_program_finds_every_key(det, tmp_path):
    path = tmp_path / 'a.pkl'
    write_vcoco_predictions(path, det)
    entries = pickle.loads(path.read_bytes())
    assert len(entries) == 10
    for entry in entries:
        assert len(entry) == 2 + 26 + 25
        assert entry['person_box'].shape == (4, )
        assert entry['hit_obj'].shape == (5, )
        assert isinstance(entry['image_id'], int)
    assert np.isnan([entry['hold_agent'] for entry in entries]).any()


def test_no_object_in_json_lines_is_a_box_of_zeros(det, tmp_path):
    path = tmp_path / 'a.jsonl'
    empty = det._replace(obj_bboxes=np.full_like(det.obj_bboxes, np.nan))
    write_vcoco_predictions(path, empty)
    lines = [
        json.loads(line, parse_constant=pytest.fail)
        for line in path.read_text().splitlines()
    ]
    assert [line['image_id'] for line in lines] == [7, 9, 12, 5]
    assert not read_vcoco_predictions(path).det.obj_bboxes.any()


def test_missing_keys_and_nulls_are_not_predicted(tmp_path):
    path = tmp_path / 'a.jsonl'
    persons = [
        dict(person_box=[1, 2, 3, 4], hold_agent=.5),
        dict(person_box=[1, 2, 3, 4], hold_agent=None, hold_obj=None),
        dict(person_box=[1, 2, 3, 4], hold_obj=[0, 0, 0, 0, .25])
    ]
    path.write_text('\n' + json.dumps(dict(image_id=3, persons=persons)))
    det = read_vcoco_predictions(path).det
    assert det.images.tolist() == [3, 3, 3]
    assert (det.agent_rows.tolist(), det.agent_scores.tolist()) == ([0], [.5])
    assert (det.role_rows.tolist(), det.role_labels.tolist(),
            det.role_scores.tolist()) == ([2], [0], [.25])


def test_scalars_and_arrays_may_be_mixed(tmp_path):
    path = tmp_path / 'a.pkl'
    path.write_bytes(
        pickle.dumps([
            dict(
                image_id=np.int64(3),
                person_box=np.arange(4),
                hold_agent=np.array([.5])),
            dict(image_id=4, person_box=[0, 1, 2, 3], hold_agent=.25)
        ]))
    det = read_vcoco_predictions(path).det
    assert det.agent_scores.tolist() == [.5, .25]
    assert det.sub_bboxes.tolist() == [[0, 1, 2, 3]] * 2


def test_boxes_of_another_origin(det, tmp_path):
    path = tmp_path / 'a.npz'
    write_vcoco_predictions(path, det)
    found = read_vcoco_predictions(path, origin=1).det
    np.testing.assert_array_equal(found.sub_bboxes, det.sub_bboxes - 1)
    empty = ~det.obj_bboxes.any(1)
    assert 0 < empty.sum() < len(empty)
    np.testing.assert_array_equal(found.obj_bboxes[empty], 0)
    np.testing.assert_array_equal(found.obj_bboxes[~empty],
                                  det.obj_bboxes[~empty] - 1)


SPACE = load_label_space('vcoco')
HOLD = SPACE.verbs.index('hold_obj')
# A HOI class of holding something, and of holding nothing.
CUP, NOTHING = (
    next(h for h, (v, o) in enumerate(zip(SPACE.hoi_verbs, SPACE.hoi_objects))
         if v == HOLD and o == label) for label in (41, 80))


def dump(**changes):
    pred = dict(
        labels=np.array([CUP, NOTHING]),
        scores=np.array([.5, .75]),
        sub_bboxes=np.array([[0., 0, 9, 9]] * 2),
        obj_bboxes=np.array([[5., 5, 9, 9]] * 2))
    return [dict(img_id=7, pred_hoi_instances=dict(pred, **changes))]


@pytest.mark.parametrize('name', ['a.pkl', 'a.json', 'a.jsonl'])
def test_pairs_of_our_dumps_and_json_lines(tmp_path, name):
    path = tmp_path / name
    if name == 'a.pkl':
        path.write_bytes(pickle.dumps(dump()))
    elif name == 'a.json':
        path.write_text(json.dumps(dump(), default=np.ndarray.tolist))
    else:
        entry = dump()[0]
        path.write_text(
            json.dumps(
                dict(entry['pred_hoi_instances'], image_id=7),
                default=np.ndarray.tolist))
    found = read_vcoco_predictions(path)
    assert found.pairs.pairs.labels.tolist() == [CUP, NOTHING]
    # One person; the better score wins, which is for no object.
    assert found.det.images.tolist() == [7]
    assert found.det.role_labels.tolist() == [HOLD]
    assert found.det.role_scores.tolist() == [.75]
    assert np.isnan(found.det.obj_bboxes).all()


def test_unknown_hoi_class_in_a_dump(tmp_path):
    path = tmp_path / 'a.pkl'
    path.write_bytes(pickle.dumps(dump(labels=np.array([0, 263]))))
    with pytest.raises(ValueError, match=r'a.pkl: image 7, .*0\.\.262'):
        read_vcoco_predictions(path)


PERSON = dict(image_id=4, person_box=[1, 2, 3, 4])


@pytest.mark.parametrize('entries, message', [
    (dict(PERSON), 'holds a dict where a list with one dict per person'),
    ([PERSON, 5], 'entry 1 is not as in'),
    ([PERSON, dict(image_id=4)], 'entry 1 is not as in'),
    ([dict(person_box=[1, 2, 3, 4])], 'entry 0: image_id is None'),
    ([PERSON, dict(PERSON, image_id='x')], "entry 1: image_id is 'x'"),
    ([dict(PERSON, image_id=1.5)], 'entry 0: image_id is 1.5'),
    ([dict(PERSON, person_box=[1, 2, 3])], 'entry 0, image 4: person_box '
     'must be 4 number'),
    ([PERSON, dict(PERSON, hold_agent='much')
      ], "entry 1, image 4: hold_agent must be 1 number.s., but is 'much'"),
    ([PERSON, dict(PERSON, hold_obj=[1, 2, 3, 4])], 'entry 1, image 4: '
     'hold_obj must be 5 number'),
    ([dict(PERSON, hold_instr=[1, 2, 3, 4, .5])], 'unknown key "hold_instr"'),
    ([dict(PERSON, person_box=[1, 2, np.nan, 4])], 'person_box .*finite'),
    ([dict(PERSON, person_box=[5, 2, 3, 4])], 'person_box .*x1 <= x2'),
    ([dict(PERSON, hold_obj=[5, 2, 3, 4, .5])], 'role box .*x1 <= x2'),
    ([dict(PERSON, hold_obj=[5, 2, np.nan, 4, .5])], 'role box .*finite'),
    ([PERSON, dict(PERSON, hold_agent=np.inf)
      ], 'entry 1, image 4: agent score inf .1 such values.*finite'),
    ([dict(PERSON, hold_obj=[1, 2, 3, 4, -np.inf])], 'role score -inf'),
])
def test_malformed_persons(tmp_path, entries, message):
    path = tmp_path / 'bad.pkl'
    path.write_bytes(pickle.dumps(entries))
    with pytest.raises(ValueError, match=f'bad.pkl.*{message}'):
        read_vcoco_predictions(path)


@pytest.mark.parametrize('text, message', [
    ('{"image_id": 3', 'line 1 is not valid JSON'),
    ('\n[]', 'line 2 must be an object with image_id and persons'),
    ('{"image_id": 3, "persons": {}}', 'line 1: persons must be a list'),
    ('{"image_id": 3, "persons": [{}]}', 'line 1: persons must be a list'),
    ('{"image_id": "3", "persons": []}', "line 1: image_id is '3'"),
])
def test_malformed_json_lines(tmp_path, text, message):
    path = tmp_path / 'bad.jsonl'
    path.write_text(text)
    with pytest.raises(ValueError, match=f'bad.jsonl.*{message}'):
        read_vcoco_predictions(path)


@pytest.mark.parametrize('changes, message', [
    (dict(det_role=None), 'lacks the arrays det_role'),
    (dict(det_role=np.zeros((10, 26, 2, 4))), r'det_role has shape .*2, 5\)'),
    (dict(det_person_box=np.zeros((9, 4))), 'det_person_box has shape'),
    (dict(det_image_id=np.zeros(10)), 'det_image_id has dtype float64'),
    (dict(det_person_box=np.full((10, 4), np.inf)), 'entry 0.*finite'),
])
def test_malformed_npz(det, tmp_path, changes, message):
    path = tmp_path / 'bad.npz'
    write_vcoco_predictions(path, det)
    arrays = {**np.load(path), **changes}
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})
    with pytest.raises(ValueError, match=f'bad.npz.*{message}'):
        read_vcoco_predictions(path)


@pytest.mark.parametrize('name', ['a.pkl', 'a.jsonl', 'a.npz'])
@pytest.mark.parametrize('keep', [0.5, 0.99])
def test_truncated_files(det, tmp_path, name, keep):
    path = tmp_path / name
    write_vcoco_predictions(path, det)
    content = path.read_bytes()
    path.write_bytes(content[:int(keep * len(content))])
    with pytest.raises(ValueError, match=name):
        read_vcoco_predictions(path)


def test_pickles_that_run_code_are_refused(tmp_path):

    class Evil:

        def __reduce__(self):
            return print, ('code was run', )

    path = tmp_path / 'evil.pkl'
    path.write_bytes(pickle.dumps([Evil()]))
    with pytest.raises(ValueError, match='builtins.print, which is refused'):
        read_vcoco_predictions(path)


@pytest.mark.parametrize('name, content', [('a.pkl', pickle.dumps([])),
                                           ('a.json', b'[]'),
                                           ('a.jsonl', b'')])
def test_no_detection_at_all(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    det = read_vcoco_predictions(tmp_path / name).det
    assert det.sub_bboxes.shape == (0, 4)
    assert len(det.agent_rows) == len(det.role_rows) == 0


def test_formats(det, tmp_path):
    with pytest.raises(ValueError, match='one of: .pkl'):
        write_vcoco_predictions(tmp_path / 'a.txt', det)
    with pytest.raises(ValueError, match='not written as json'):
        write_vcoco_predictions(tmp_path / 'a.json', det)
    with pytest.raises(ValueError, match='allowed: pkl, json, jsonl, npz'):
        write_vcoco_predictions(tmp_path / 'a.pkl', det, 'xml')
    with pytest.raises(FileNotFoundError, match='a.pkl does not exist'):
        read_vcoco_predictions(tmp_path / 'a.pkl')
    write_vcoco_predictions(tmp_path / 'a.txt', det, 'jsonl')
    assert len(read_vcoco_predictions(tmp_path / 'a.txt', 'jsonl').det.images)


def test_roles_are_named_as_in_the_official_program(det, tmp_path):
    path = tmp_path / 'a.pkl'
    write_vcoco_predictions(path, det)
    keys = pickle.loads(path.read_bytes())[0].keys()
    assert keys >= {VCOCO_VERBS[verb] for verb in ROLE_VERBS}
    assert keys >= {'talk_on_phone_instr', 'stand_agent', 'point_instr'}
