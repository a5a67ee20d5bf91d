# Copyright (c) mmhoi contributors.
"""Comparison with the loader of the official V-COCO program."""
import numpy as np
import pytest
from vcoco_files import GOLDEN, write_files

from mmhoi.annotations import (HOIAParser, hoia_records, load_coco_instances,
                               load_vcoco_labels, official_ground_truth)
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import VERB_ACTIONS, VERB_ROLES


@pytest.fixture(scope='module')
def golden():
    return dict(np.load(GOLDEN))


@pytest.fixture(scope='module')
def source(golden, tmp_path_factory):
    paths = write_files(tmp_path_factory.mktemp('vcoco'), golden)
    labels = load_vcoco_labels(paths[0])
    return labels, load_coco_instances([paths[1]], labels.images)


def test_equals_official_loader(golden, source):
    gt = official_ground_truth(*source)
    for values, name in zip(gt, ('image_id', 'box', 'action', 'role_box')):
        np.testing.assert_array_equal(values, golden[f'person_{name}'])
    assert (golden['ann_iscrowd'] == 1).any()
    assert (gt.actions == -1).all(1).any()


def test_hoia_records_hold_every_box_and_interaction(golden, source):
    records = hoia_records(*source)
    assert [r['img_id'] for r in records] == golden['image_id'].tolist()
    assert sum(len(r['annotations']) for r in records) == len(golden['ann_id'])
    found = set()
    for record in records:
        mask = golden['ann_image_id'] == record['img_id']
        xywh = golden['ann_xywh'][mask]
        np.testing.assert_allclose(
            [a['bbox'] for a in record['annotations']],
            np.concatenate((xywh[:, :2], xywh[:, :2] + xywh[:, 2:]), 1))
        ids = golden['ann_id'][mask].tolist() + [0]
        for hoi in record['hoi_annotation']:
            found.add((ids[hoi['subject_id']], hoi['category_id'],
                       ids[hoi['object_id']]))
    expected = set()
    for person, ann_id in enumerate(golden['label_ann_id'].tolist()):
        for verb, (action, role) in enumerate(zip(VERB_ACTIONS, VERB_ROLES)):
            if golden['label'][person, action]:
                obj = (0 if role < 0 else int(
                    golden['label_role_ann_id'][person, action, role]))
                expected.add((ann_id, verb, obj))
    assert found == expected
    assert len(found) == sum(len(r['hoi_annotation']) for r in records)


def test_the_data_set_reads_all_of_it(source):
    parser = HOIAParser(
        load_label_space('vcoco'), bbox_origin=0, test_mode=True)
    for record in hoia_records(*source):
        item = parser.parse(record)
        assert sum(len(pair['verbs'])
                   for pair in item['pairs']) == len(record['hoi_annotation'])


def test_a_person_whose_box_is_missing(source):
    labels, instances = source
    person = labels.ann_ids[4]
    ids = np.where(instances.ann_ids == person, -7, instances.ann_ids)
    for convert in (hoia_records, official_ground_truth):
        with pytest.raises(
                ValueError,
                match=f'person with annotation id {person} .entry 4.*'
                f'image {labels.images[4]}'):
            convert(labels, instances._replace(ann_ids=ids))


def test_a_role_in_another_image(source):
    labels, instances = source
    other = instances.ann_ids[instances.images != labels.images[0]][0]
    roles = labels.role_ann_ids.copy()
    roles[0, 5, 0] = other
    with pytest.raises(ValueError, match=f'role object .* {other} .entry 0'):
        hoia_records(labels._replace(role_ann_ids=roles), instances)


def test_without_any_instance(source):
    labels, instances = source
    none = instances._replace(
        **{k: getattr(instances, k)[:0]
           for k in instances._fields[3:]})
    with pytest.raises(ValueError, match='entry 0 of the labels'):
        hoia_records(labels, none)
