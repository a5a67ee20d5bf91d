# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import numpy as np
import pytest

from mmhoi.annotations.annotation_report import AnnotationReport
from mmhoi.annotations.class_counts import count_hois
from mmhoi.annotations.hicodet_instances import (instances_records,
                                                 load_instances)
from mmhoi.label_spaces import load_label_space

SPACE = load_label_space('hico_det')
TEST_GT = Path(__file__).parents[3] / 'shared/facts/hico_det_test_gt.json'
ORDERS = {
    'alphabet': sorted(range(80), key=lambda i: SPACE.objects[i]),
    'COCO': list(range(80))
}


def entry(pairs, order):
    """Annotation of (subject box, object box, HOI) triples."""
    hois = [hoi for *_, hoi in pairs]
    return dict(
        boxes_h=[list(map(float, sub)) for sub, _, _ in pairs],
        boxes_o=[list(map(float, obj)) for _, obj, _ in pairs],
        hoi=hois,
        object=[order.index(SPACE.hoi_objects[hoi]) for hoi in hois],
        verb=SPACE.hoi_verbs[hois].tolist())


def content(annotation, order, names=None):
    """Content of a file with spaces in the names, as in the original."""
    return dict(
        annotation=annotation,
        filenames=names
        or [f'HICO_test2015_{i + 1:08d}.jpg' for i in range(len(annotation))],
        empty=[i for i, item in enumerate(annotation) if not item['hoi']],
        objects=[SPACE.objects[i].replace('_', ' ') for i in order],
        verbs=list(SPACE.verbs))


def convert(table, origin=1):
    report = AnnotationReport()
    return instances_records(table, SPACE, origin, report), report


@pytest.mark.parametrize('order', ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize('origin', [0, 1])
def test_first_official_test_image(order, origin):
    subs = [[320, 306, 359, 349], [270, 303, 311, 350]]
    obj = [148, 345, 376, 414]
    pairs = [(sub, obj, 245) for sub in subs]
    (record, empty), report = convert(
        content([entry(pairs, order), entry([], order)], order), origin)
    assert [a['bbox'] for a in record['annotations']
            ] == [[x + origin - 1 for x in box]
                  for box in (subs[0], obj, subs[1])]
    assert [a['category_id'] for a in record['annotations']] == [1, 15, 1]
    assert record['hoi_annotation'] == [
        dict(subject_id=sub, object_id=1, category_id=88, hoi_category_id=246)
        for sub in (0, 2)
    ]
    assert empty == dict(
        file_name='HICO_test2015_00000002.jpg',
        img_id=2,
        annotations=[],
        hoi_annotation=[])
    assert not report


def test_wrong_object_order_is_noticed():
    box = [1, 1, 9, 9]
    annotation = [entry([(box, box, 245)], ORDERS['COCO'])]
    (record, ), report = convert(content(annotation, ORDERS['alphabet']))
    assert record['hoi_annotation'][0]['hoi_category_id'] == 246
    assert report.summary().startswith('1 x pair whose object or verb is not')
    assert 'HICO_test2015_00000001.jpg annotation[0].hoi[0]' in report.summary(
    )


@pytest.mark.parametrize('change, problem, left', [
    (dict(hoi=[600, 245]), 'unknown HOI', [246]),
    (dict(hoi=[-1, 245]), 'unknown HOI', [246]),
    (dict(object=[99, 14]), 'pair whose object', [246, 246]),
    (dict(boxes_h=[[1, 1, 9, np.nan], [1, 1, 9, 9]]), 'not finite', [246]),
    (dict(hoi=[245]), 'cannot be read', None),
    (dict(boxes_o=[[1, 1, 9]]), 'cannot be read', None),
    (dict(boxes_o=None), 'cannot be read', None),
    (dict(boxes_o=[[1, 1, 9, 10**400]] * 2), 'cannot be read', None),
    (dict(hoi=[float('inf')] * 2), 'cannot be read', None),
])
def test_bad_pair_loses_nothing_else(change, problem, left):
    box = [1, 1, 9, 9]
    good = entry([(box, box, 245)] * 2, ORDERS['COCO'])
    records, report = convert(
        content([{
            **good,
            **change
        }, good], ORDERS['COCO']))
    ids = [[h['hoi_category_id'] for h in r['hoi_annotation']]
           for r in records]
    assert ids == ([[246, 246]] if left is None else [left, [246, 246]])
    assert problem in report.summary()
    assert 'HICO_test2015_00000001.jpg annotation[0]' in report.summary()


def test_other_names_are_refused():
    table = content([], ORDERS['COCO'])
    table['objects'][3] = 'unicorn'
    with pytest.raises(ValueError, match='`objects`.*motorcycle, unicorn'):
        convert(table)


@pytest.mark.parametrize('text, message', [
    ('{"annotation": [', 'not valid JSON .*incomplete'),
    ('[]', 'lacks the lists annotation, filenames, objects, verbs'),
    ('{"annotation": [], "filenames": 3, "objects": [], "verbs": []}',
     'lacks the lists filenames;'),
    ('{"annotation": [1], "filenames": [], "objects": [], "verbs": []}',
     '1 annotations for 0 file names'),
])
def test_other_files_are_refused(tmp_path, text, message):
    path = tmp_path / 'instances_test2015.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=f'{path.name} .*{message}'):
        load_instances(path)
    with pytest.raises(FileNotFoundError, match='fredzzhang/hicodet'):
        load_instances(tmp_path / 'nowhere.json')


@pytest.mark.skipif(not TEST_GT.exists(), reason='needs the real test set')
def test_real_test_set_survives_the_round_trip():
    order = ORDERS['alphabet']
    truth = json.loads(TEST_GT.read_text())
    annotation = []
    for record in truth:
        boxes = [a['bbox'] for a in record['annotations']]
        annotation.append(
            entry([(boxes[h['subject_id']], boxes[h['object_id']],
                    h['hoi_category_id'] - 1)
                   for h in record['hoi_annotation']], order))
    table = content(annotation, order, [r['file_name'] for r in truth])
    records, report = convert(table)
    assert records == truth
    assert not report
    assert count_hois(records, 600).sum() == 33405
