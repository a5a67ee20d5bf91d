# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import numpy as np
import pytest

from mmhoi.annotations import load_coco_instances, load_vcoco_labels
from mmhoi.evaluation.vcoco_ground_truth import read_vcoco_ground_truth
from mmhoi.label_spaces import load_label_space
from mmhoi.synthetic import load_vocabulary, write_synhico
from mmhoi.synthetic.vcoco_labels import VERBS, vcoco_verb

NEW = {
    'vcoco_trainval.json', 'vcoco_test.json', 'trainval_vcoco.json',
    'test_vcoco.json', 'instances_vcoco_all_2014.json'
}


def _files(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(Path(folder).rglob('*')) if p.is_file()
    }


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp('synvcoco') / 'data'
    write_synhico(out, 30, 12, seed=3, progress=False, vcoco=True)
    return out


def read(folder, name):
    return json.loads((folder / 'annotations' / name).read_text())


def test_other_files_stay_the_same(folder, tmp_path):
    write_synhico(tmp_path / 'plain', 30, 12, seed=3, progress=False)
    files = _files(folder)
    assert {f'annotations/{name}' for name in NEW} <= files.keys()
    assert _files(tmp_path / 'plain') == {
        path: content
        for path, content in files.items() if Path(path).name not in NEW
    }


@pytest.mark.parametrize('split, official, hico, hoia, offset', [
    ('train', 'vcoco_trainval.json', 'trainval_hico.json',
     'trainval_vcoco.json', 0),
    ('test', 'vcoco_test.json', 'test_hico.json', 'test_vcoco.json', 1),
])
def test_labels_are_those_of_the_scenes(folder, split, official, hico, hoia,
                                        offset):
    hico_space = load_label_space('hico_det')
    space = load_label_space('vcoco')
    scenes = {entry['file_name']: entry for entry in read(folder, hico)}
    records = read(folder, hoia)
    assert len({record['img_id'] for record in records}) == len(records)
    labels = load_vcoco_labels(folder / 'annotations' / official)
    assert {record['img_id'] for record in records} == set(labels.images)
    for record in records:
        scene = scenes[record['file_name']]
        # The first pixel outside of the box, counted from 0.
        np.testing.assert_array_equal(
            [a['bbox'] for a in record['annotations']],
            np.array([a['bbox']
                      for a in scene['annotations']]) - offset + [0, 0, 1, 1])
        assert [a['category_id'] for a in record['annotations']
                ] == [a['category_id'] for a in scene['annotations']]
        verbs = {(h['subject_id'], h['object_id'], h['category_id'])
                 for h in scene['hoi_annotation']}
        for hoi in record['hoi_annotation']:
            name = space.verbs[hoi['category_id']]
            if hoi['object_id'] < 0:
                assert '_' not in name or name.startswith('hit_')
                continue
            # Some rendered HOI of these two boxes means this verb.
            assert any(sub == hoi['subject_id'] and obj == hoi['object_id']
                       and name in (VERBS.get(hico_space.verbs[verb - 1]),
                                    'skateboard_instr', 'surf_instr')
                       for sub, obj, verb in verbs)
    assert sum(len(r['hoi_annotation']) for r in records) > len(records)


def test_official_and_hoia_files_give_the_same_ground_truth(folder):
    path = folder / 'annotations'
    official = read_vcoco_ground_truth(
        path / 'vcoco_test.json', [path / 'instances_vcoco_all_2014.json'])
    hoia = read_vcoco_ground_truth(path / 'test_vcoco.json')
    np.testing.assert_array_equal(official.image_ids, hoia.image_ids)
    for values, others in zip(official.gt, hoia.gt):
        np.testing.assert_array_equal(values, others)
    # Some people do nothing that V-COCO knows: they have no label.
    is_labelled = (official.gt.actions >= 0).all(1)
    assert 0 < is_labelled.sum() < len(is_labelled)


def test_ids_of_both_splits_differ(folder):
    instances = read(folder, 'instances_vcoco_all_2014.json')
    assert [image['id'] for image in instances['images']] == [*range(1, 43)]
    names = [image['file_name'] for image in instances['images']]
    assert names[29:31] == [
        'HICO_train2015_00000030.jpg', 'HICO_test2015_00000001.jpg'
    ]
    ids = [box['id'] for box in instances['annotations']]
    assert ids == [*range(1, len(ids) + 1)]
    load_coco_instances(
        [folder / 'annotations' / 'instances_vcoco_all_2014.json'],
        np.arange(1, 43))


@pytest.mark.parametrize('hoi, verb', [
    ('ride horse', ('ride_instr', True)),
    ('ride skateboard', ('skateboard_instr', True)),
    ('ride surfboard', ('surf_instr', True)),
    ('swing tennis_racket', ('hit_instr', True)),
    ('hit sports_ball', ('hit_obj', True)),
    ('stand_under umbrella', ('stand', False)),
    ('walk dog', ('walk', False)),
    ('kiss person', None),
])
def test_verbs(hoi, verb):
    space = load_label_space('vcoco')
    hoi_id = load_label_space('hico_det').hois.index(hoi)
    found = vcoco_verb(hoi_id)
    assert (found and (space.verbs[found[0]], found[1])) == verb


def test_what_is_rendered_shows_most_roles():
    found = {vcoco_verb(hoi) for hoi in load_vocabulary().classes} - {None}
    assert sum(has_role for _, has_role in found) >= 13
    assert sum(not has_role for _, has_role in found) == 3
    names = {hoi.split()[0] for hoi in load_label_space('hico_det').hois}
    assert {name.split()[0] for name in VERBS} <= names
