# Copyright (c) mmhoi contributors.
"""`python -m mmhoi.evaluation PRED --dataset vcoco`."""
import csv
import json
import pickle

import numpy as np
import pytest
from vcoco_files import DATA, GOLDEN, official_slice, write_files

from mmhoi.annotations import (hoia_records, load_coco_instances,
                               load_vcoco_labels)
from mmhoi.evaluation.cli import main
from mmhoi.evaluation.prediction_io.vcoco_formats import (
    read_vcoco_predictions, write_vcoco_predictions)
from mmhoi.evaluation.vcoco_ground_truth import read_vcoco_ground_truth
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import VCOCO_ACTIONS, VCOCO_VERBS


@pytest.fixture(scope='module')
def golden():
    return official_slice()[0]


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    """Predictions and prepared annotation of the slice in one file."""
    _, gt, det = official_slice()
    path = tmp_path_factory.mktemp('vcoco') / 'both.npz'
    write_vcoco_predictions(path, det)
    np.savez(
        path,
        **np.load(path),
        image_id=np.unique(gt.images),
        person_image_id=gt.images,
        person_box=gt.sub_bboxes,
        person_action=gt.actions,
        person_role_box=gt.obj_bboxes)
    return path


@pytest.fixture
def run(tmp_path, file, capsys):
    """Function that evaluates; gives the figures and printed errors."""

    def evaluate(*args, pred=file, ann=file, status=0):
        out = tmp_path / 'out.json'
        args = (pred, '--dataset', 'vcoco', '--ann', ann, '--json', out,
                '--overwrite', *args)
        found = main([*map(str, args)])
        errors = capsys.readouterr().err
        assert found == status, errors
        return json.loads(out.read_text()) if status == 0 else None, errors

    return evaluate


def test_figures_are_those_of_the_official_program(run, golden, tmp_path):
    path = tmp_path / 'classes.csv'
    figures, _ = run('--per-class', path)
    for scenario in (1, 2):
        found = figures[f'scenario_{scenario}']
        expected = dict(
            zip((VCOCO_VERBS[v] for v in golden['verbs']),
                golden[f'ap_{scenario}'].tolist()))
        for name, ap in found['per_role'].items():
            assert ap == pytest.approx(expected.get(name), abs=1e-6)
        assert len(found['per_role']) == 25
        assert found['mean_25'] == pytest.approx(
            np.mean(list(expected.values())), abs=1e-6)
        expected.pop('point_instr')
        assert found['mean'] == pytest.approx(
            np.mean(list(expected.values())), abs=1e-6)
    assert figures['agent']['mean'] == pytest.approx(
        golden['ap_agent'].mean(), abs=1e-6)
    assert figures['agent']['per_action']['sit'] == pytest.approx(
        golden['ap_agent'][golden['actions'].tolist().index(
            VCOCO_ACTIONS.index('sit'))],
        abs=1e-6)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row['verb'] for row in rows] == list(VCOCO_VERBS)
    sit = rows[VCOCO_VERBS.index('sit_instr')]
    assert float(sit['ap_scenario_2']) == pytest.approx(
        figures['scenario_2']['per_role']['sit_instr'])


@pytest.mark.parametrize('name', ['a.pkl', 'a.jsonl', 'a.npz'])
def test_conversion_keeps_the_figures(run, file, tmp_path, name):
    figures, _ = run('--convert', tmp_path / name)
    assert run(pred=tmp_path / name)[0] == figures
    again = tmp_path / f'again_{name}'
    assert main([str(file), '--dataset', 'vcoco', '--convert',
                 str(again)]) == 0
    for values, others in zip(
            read_vcoco_predictions(again).det,
            read_vcoco_predictions(tmp_path / name).det):
        np.testing.assert_array_equal(values, others)


@pytest.fixture(scope='module')
def sources(tmp_path_factory):
    """Official files, the HOIA json made of them, and the raw arrays."""
    folder = tmp_path_factory.mktemp('sources')
    labels, instances = write_files(folder, dict(np.load(GOLDEN)))
    loaded = load_vcoco_labels(labels)
    hoia = folder / 'hoia.json'
    hoia.write_text(
        json.dumps(
            hoia_records(loaded, load_coco_instances([instances],
                                                     loaded.images))))
    return labels, instances, hoia


def test_annotation_from_official_files_and_arrays(sources):
    golden = dict(np.load(GOLDEN))
    official = read_vcoco_ground_truth(sources[0], [sources[1]])
    arrays = read_vcoco_ground_truth(GOLDEN)
    for found in (official, arrays):
        np.testing.assert_array_equal(found.image_ids, golden['image_id'])
        for values, name in zip(found.gt,
                                ('image_id', 'box', 'action', 'role_box')):
            np.testing.assert_array_equal(values, golden[f'person_{name}'])
    assert arrays.interactions is None
    assert len(official.interactions.images) == len(official.obj_labels)


def test_annotation_from_a_hoia_json(sources):
    official = read_vcoco_ground_truth(sources[0], [sources[1]])
    hoia = read_vcoco_ground_truth(sources[2])
    for name in ('image_ids', 'obj_labels'):
        np.testing.assert_array_equal(
            getattr(hoia, name), getattr(official, name))
    for values, others in zip(hoia.interactions[:4], official.interactions):
        np.testing.assert_array_equal(values, others)
    # Every labelled person of the official annotation has the same labels
    # and boxes here; boxes that reach out of the image are not cut.
    rows = {
        (image, *box): row
        for row, (image, box) in enumerate(
            zip(hoia.gt.images,
                hoia.gt.sub_bboxes.round(1).tolist()))
    }
    compared = 0
    for row in np.flatnonzero((official.gt.actions == 1).any(1)):
        place = (official.gt.images[row],
                 *official.gt.sub_bboxes[row].round(1).tolist())
        if place in rows:
            compared += 1
            np.testing.assert_array_equal(hoia.gt.actions[rows[place]],
                                          official.gt.actions[row])
    assert compared > 400


def test_hoia_protocol(run, sources, tmp_path):
    """A perfect dump has mAP 1, another class of object has not."""
    truth = read_vcoco_ground_truth(sources[2])
    path = tmp_path / 'perfect.jsonl'
    space = load_label_space('vcoco')
    hois = {
        pair: hoi
        for hoi, pair in enumerate(
            zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist()))
    }
    pairs = truth.interactions
    lines = {image: [] for image in truth.image_ids.tolist()}
    for row, (image, verb, obj) in enumerate(
            zip(pairs.images.tolist(), pairs.labels.tolist(),
                truth.obj_labels.tolist())):
        if (verb, obj) in hois:
            box = np.nan_to_num(pairs.obj_bboxes[row]).tolist()
            lines[image].append((hois[verb, obj], pairs.sub_bboxes[row], box))
    with path.open('w') as file:
        for image, found in lines.items():
            file.write(
                json.dumps(
                    dict(
                        image_id=image,
                        labels=[f[0] for f in found],
                        scores=[.5] * len(found),
                        sub_bboxes=[f[1].tolist() for f in found],
                        obj_bboxes=[f[2] for f in found])) + '\n')
    figures, errors = run('--protocol', 'hoia', pred=path, ann=sources[2])
    assert 'has no `top_obj_labels`' in errors
    missing = sum(
        (v, o) not in hois for v, o in zip(pairs.labels, truth.obj_labels))
    assert missing < 5
    assert figures['hoia']['mAP_all'] > .97
    assert set(figures['hoia']) == {'mAP_all', 'mAP_thesis', 'per_class'}
    official, _ = run('--instances', sources[1], pred=path, ann=sources[0])
    assert official['scenario_1']['mean'] > .95
    for name, low, high in (('own', .97, 1.01), ('person', 0, .5)):
        write_top_objects(path, tmp_path / f'{name}.jsonl', name)
        tops, errors = run(
            '--protocol',
            'hoia',
            pred=tmp_path / f'{name}.jsonl',
            ann=sources[2])
        assert low <= tops['hoia']['mAP_all'] <= high
        assert 'top_obj_labels' not in errors


def write_top_objects(path, out, name):
    """Add predicted object classes, that of the HOI or always the person."""
    objects = load_label_space('vcoco').hoi_objects
    lines = []
    for line in map(json.loads, path.read_text().splitlines()):
        own = objects[line['labels']].tolist()
        tops = own if name == 'own' else [0] * len(own)
        lines.append(json.dumps(dict(line, top_obj_labels=tops)))
    out.write_text('\n'.join(lines))


@pytest.mark.parametrize('tops, message', [
    ([81], 'image 3, prediction 0: 81 in top_obj_labels .*80 is no object'),
    ([-1], '-1 in top_obj_labels'),
    ([.5], 'top_obj_labels has dtype float64; ids must be integers'),
    ([1, 2], r'top_obj_labels has shape \(2,\); it must be \(1, \)'),
    (['cup'], 'top_obj_labels has dtype'),
])
def test_wrong_predicted_objects(tmp_path, tops, message):
    path = tmp_path / 'a.jsonl'
    box = [[0, 0, 5, 5]]
    path.write_text(
        json.dumps(
            dict(
                image_id=3,
                labels=[0],
                scores=[1],
                sub_bboxes=box,
                obj_bboxes=box,
                top_obj_labels=tops)))
    with pytest.raises(ValueError, match=message):
        read_vcoco_predictions(path)


def test_images_that_only_one_file_has(run, file, tmp_path):
    det = read_vcoco_predictions(file).det
    some = np.isin(det.images, np.unique(det.images)[5:])
    part = det.select(some)
    images = part.images.copy()
    images[images == images[0]] = 1
    write_vcoco_predictions(tmp_path / 'part.npz',
                            part._replace(images=images))
    _, errors = run(pred=tmp_path / 'part.npz')
    assert 'warning: 9 of 300 annotated images are not in' in errors
    assert 'warning: 1 images of' in errors and '(images 1)' in errors
    none = part._replace(images=np.full_like(images, 1))
    write_vcoco_predictions(tmp_path / 'none.npz', none)
    _, errors = run(pred=tmp_path / 'none.npz', status=1)
    assert 'have no image in common' in errors


def test_no_prediction_at_all(run, tmp_path):
    path = tmp_path / 'a.pkl'
    path.write_bytes(pickle.dumps([]))
    figures, errors = run(pred=path)
    assert 'warning: 300 of 300 annotated images are not in' in errors
    assert 'no prediction at all' in errors
    assert figures['scenario_1']['mean'] == figures['agent']['mean'] == 0


@pytest.mark.parametrize('args, message', [
    (['--protocol', 'qpic'], 'unknown protocol "qpic" for vcoco; allowed: '
     'official, hoia'),
    (['--split', 'uo'], '--split uo is a split of HICO-DET'),
    (['--protocol', 'hoia'], 'does not tell the classes of the objects'),
    (['--convert', 'out.txt'], 'one of: .pkl'),
])
def test_wrong_arguments(run, args, message):
    _, errors = run(*args, status=1)
    assert 'error: ' in errors and message in errors


def test_wrong_annotations(run, sources, tmp_path):
    for ann, message in ((sources[0], 'COCO instance files with --instances'),
                         (tmp_path / 'no.json', 'does not exist'),
                         (DATA / 'vcoco_hoia_slice.npz', 'lacks the arrays')):
        _, errors = run(ann=ann, status=1)
        assert 'error: ' in errors and message in errors
    records = json.loads(sources[2].read_text())
    other = dict(records[0], file_name='other.jpg')
    for content, message in (([records[0],
                               other], 'occurs 2 times'), ([], 'no image'),
                             (5, 'not a int'), ([{}], 'entry 0: file_name')):
        (tmp_path / 'bad.json').write_text(json.dumps(content))
        _, errors = run(ann=tmp_path / 'bad.json', status=1)
        assert message in errors and 'bad.json' in errors
