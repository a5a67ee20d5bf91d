# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.annotations.named_labels import NamedHOIAValidator, NamedLabels
from mmhoi.label_spaces.class_file import parse_classes

SPACE = parse_classes(
    dict(
        objects=['dog', 'ball'],
        verbs=['walk', 'throw', 'wave'],
        hois=[
            dict(verb='walk', object='dog'),
            dict(verb='throw', object='ball'),
            dict(verb='wave')
        ]))


def box(category, bbox=(10, 10, 50, 60)):
    return dict(bbox=list(bbox), category=category)


def hoi(sub, obj, verb):
    return dict(subject_id=sub, object_id=obj, verb=verb)


def record(boxes=(), hois=()):
    return dict(
        file_name='a.jpg',
        annotations=[box('person'),
                     box('dog'),
                     box('ball'), *boxes],
        hoi_annotation=[
            hoi(0, 1, 'walk'),
            hoi(0, 2, 'throw'),
            hoi(0, -1, 'wave'), *hois
        ])


def findings(*records):
    return [str(p) for p in NamedHOIAValidator(SPACE).validate(list(records))]


def test_good_entry():
    assert findings(record()) == []


@pytest.mark.parametrize('new, text', [
    (box('Dog'), 'unknown category: category "Dog" is none of the objects '
     'person, dog, ball'),
    (box(18), 'bad type: category 18 is not of type str'),
    (dict(bbox=[1, 1, 5, 5], category_id=18), 'missing key: category'),
    (box('dog', [5, 5, 5, 9]), 'empty or inverted box: '),
])
def test_bad_box(new, text):
    found, = findings(record([new]))
    assert found.startswith(f'error: a.jpg annotations[3]: {text}')


@pytest.mark.parametrize('new, text', [
    (hoi(0, 1, 'kick'), 'unknown verb: verb "kick" is none of walk, throw, '
     'wave'),
    (hoi(0, 2, 'walk'), 'verb and object form no HOI: walk and ball'),
    (hoi(0, -1, 'walk'), 'verb and object form no HOI: walk and no object'),
    (hoi(1, 2, 'throw'), 'subject is no person: subject_id 1 is a dog'),
    (hoi(0, 3, 'throw'), 'index out of range: object_id 3 is not in -1..2'),
    (hoi(0, 1, None), 'bad type: verb None is not of type str'),
    (dict(subject_id=0, object_id=1, category_id=1), 'missing key: verb'),
])
def test_bad_interaction(new, text):
    found, = findings(record(hois=[new]))
    assert found.startswith(f'error: a.jpg hoi_annotation[3]: {text}')


def test_hois_that_never_occur():
    entry = record()
    del entry['hoi_annotation'][1:]
    assert findings(entry) == [
        'warning: HOI that never occurs: throw ball',
        'warning: HOI that never occurs: wave'
    ]


def test_ids():
    labels = NamedLabels(SPACE)
    entry = labels.to_hoia(
        dict(record([box('cat')], [hoi(0, 3, 'pet')]), img_id=7))
    assert entry['img_id'] == 7
    assert [b['category_id'] for b in entry['annotations']] == [1, 2, 3, 0]
    assert [h['category_id'] for h in entry['hoi_annotation']] == [1, 2, 3, 0]
    with pytest.raises(KeyError, match='category'):
        labels.to_hoia(record([dict(bbox=[1, 1, 5, 5])]))
