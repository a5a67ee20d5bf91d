# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from PIL import Image

from mmhoi.annotations.rules import RULES
from mmhoi.annotations.usable_records import check_boxes, usable_records
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.class_file import parse_classes
from mmhoi.utils.setup_error import SetupError

HICO = load_label_space('hico_det')
OWN = parse_classes(
    dict(
        objects=['person', 'dog'],
        verbs=['walk', 'wave'],
        hois=[
            dict(verb='walk', object='dog'),
            dict(verb='walk', object='person'),
            dict(verb='wave')
        ]))
PERSON, DOG = [10, 20, 50, 60], [30, 30, 90, 70]
BOTH = pytest.mark.parametrize('test_mode', [False, True])


def entry(name='a.jpg',
          hois=((0, 1, 'walk'), ),
          boxes=((PERSON, 'person'), (DOG, 'dog')),
          **kwargs):
    return dict(
        file_name=name,
        annotations=[dict(bbox=bbox, category=c) for bbox, c in boxes],
        hoi_annotation=[
            dict(subject_id=sub, object_id=obj, verb=verb)
            for sub, obj, verb in hois
        ],
        **kwargs)


def many(number=12, **kwargs):
    return [entry(f'{n}.jpg', **kwargs) for n in range(number)]


def use(records, test_mode=True, space=OWN, **kwargs):
    return usable_records(
        records, space, 'ann.json', test_mode=test_mode, **kwargs)


@BOTH
def test_good_entries(test_mode):
    usable = use(many(), test_mode)
    assert usable.warning == ''
    assert usable.image_ids == list(range(12))


SWAPPED = dict(hois=((1, 0, 'walk'), ))
XYWH = dict(boxes=(([60, 60, 40, 40], 'person'), ([30, 30, 9, 70], 'dog')))
FRACTIONS = dict(
    boxes=(([.1, .2, .5, .6], 'person'), ([.3, .3, .9, 1.01], 'dog')))


@BOTH
@pytest.mark.parametrize('records, text', [
    ([], 'no image .*it lists none'),
    ([3], 'bad structure .entry 0: 3 is not a dict.*entries need file_name'),
    ([entry(hois=((True, 1, 'walk'), ))], 'subject_id True is not of type'),
    ([entry(hois=((0, 1., 'walk'), ))], 'object_id 1.0 is not of type int'),
    (many(**SWAPPED), '12 of 12 subjects are no persons'),
    (many(**XYWH), '24 of 24 boxes are inverted.*x, y, width, height'),
    (many(**FRACTIONS), 'fractions .no coordinate of 24 boxes is above 1.01'),
    ([entry(**FRACTIONS)], 'multiply them by its width and height'),
    ([entry(boxes=[([1, 1, 50, 90], 'person')], hois=[]),
      entry(boxes=[([2, 1, 50, 90], 'person')], hois=[])],
     'a.jpg entries 0, 1: .*drawn twice'),
])  # yapf: disable
def test_refused(records, text, test_mode):
    with pytest.raises(SetupError, match=f'"ann.json" .*{text}') as error:
        use(records, test_mode)
    assert 'check_dataset.py' in str(error.value)


@BOTH
@pytest.mark.parametrize('record, kind', [
    (entry(**SWAPPED), 'subject is no person'),
    (entry(hois=((0, 0, 'walk'), )), 'pair of one box'),
    (entry(hois=((0, 1, 'walk'), ) * 2), 'repeated interaction'),
    (entry(hois=((0, 5, 'walk'), )), 'index out of range'),
    (entry(hois=((0, 1, 'wave'), )), 'verb and object form no HOI'),
    (entry(hois=((0, 1, 'eat'), )), 'unknown verb'),
    (entry(boxes=((PERSON, 'person'), (DOG, 'cat'))), 'unknown category'),
    (entry(boxes=((PERSON, 'person'),
                  ([9, 9, 9, 20], 'dog'))), 'empty or inverted box'),
    (entry(boxes=((PERSON, 'person'),
                  ([9, 9, 9.5, 9.5], 'dog'))), 'box smaller than a pixel'),
    (entry(boxes=((PERSON, 'person'),
                  ([-9, 9, 90, 20], 'dog'))), 'box outside of the image'),
    (entry(boxes=((PERSON, 'person'),
                  ([9, 9, 10**400, 20], 'dog'))), 'bad box'),
    (entry(boxes=((PERSON, 'person'),
                  ([9, 9, float('nan'), 20], 'dog'))), 'bad box'),
])
def test_one_warning_with_the_first_example(record, kind, test_mode):
    other = dict(record, file_name='z.jpg')
    warning = use([*many(), record, other], test_mode).warning
    assert warning.startswith(f'bad annotations in "ann.json": 2 x {kind}')
    assert 'a.jpg' in warning and 'z.jpg' not in warning


def test_training_and_testing_say_what_they_do():
    empty = [entry(boxes=((PERSON, 'person'), ([9, 9, 9, 20], 'dog')))]
    assert 'inverted box, left out, (a.jpg' in use(empty, False).warning
    assert 'inverted box (a.jpg' in use(empty, True).warning


@BOTH
def test_images_listed_twice_are_made_one(test_mode):
    records = [
        entry('a.jpg'),
        entry('b.jpg'),
        entry('./a.jpg', boxes=((DOG, 'dog'), (PERSON, 'person')),
              hois=((1, -1, 'wave'), ))
    ]  # yapf: disable
    usable = use(records, test_mode)
    assert '1 x repeated image, made one, (a.jpg entries 0, 2: listed 2 ' \
           'times)' in usable.warning
    assert usable.records == [
        entry('a.jpg', ((0, 1, 'walk'), (0, -1, 'wave'))),
        entry('b.jpg')
    ]


def test_ids(make_record):

    def ids(records, test_mode=True, space=OWN):
        return use(records, test_mode, space).image_ids

    assert ids([entry(img_id=None), entry('b.jpg', img_id=7)]) == [0, 7]
    assert ids([entry(img_id='x'), entry('b.jpg', img_id='y')]) == ['x', 'y']
    twice = [entry(img_id=1), entry('b.jpg')]
    assert ids(twice, test_mode=False) == [1, 1]
    with pytest.raises(SetupError, match='img_id 1 occurs 2 times'):
        ids(twice)
    record = make_record(42)
    del record['img_id']
    assert ids([record], space=HICO) == [42]
    record['file_name'] = 'beach.jpg'
    with pytest.raises(SetupError, match='"beach.jpg" has no `img_id`'):
        ids([record], space=HICO)
    assert ids([record], test_mode=False, space=HICO) == [None]


@pytest.mark.parametrize('records, text', [
    ([entry(img_id=1.5)], 'bad img_id .entry 0 a.jpg: img_id 1.5'),
    ([entry(img_id=True)], 'img_id True'),
    ([entry(img_id=-1)], 'img_id -1'),
    ([entry(img_id=2**53)], 'img_id 9007199254740992'),
    ([entry(img_id=1), entry('b.jpg', img_id='1')], 'make all of them whole'),
])  # yapf: disable
def test_ids_that_cannot_be_evaluated(records, text):
    with pytest.raises(SetupError, match=f'"ann.json" .*{text}'):
        use(records)
    assert len(use(records, test_mode=False).records) == len(records)


def test_images_are_looked_at(tmp_path):
    image = Image.new('RGB', (200, 300))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / 'a.jpg', exif=exif)
    image.save(tmp_path / 'b.jpg')
    boxes = ((PERSON, 'person'), ([30, 30, 250, 70], 'dog'))
    warning = use([entry(boxes=boxes), entry('b.jpg')],
                  folder=str(tmp_path)).warning
    assert ('1 x turned image, boxes taken as those of the image as it is '
            'stored, (a.jpg: EXIF orientation 6') in warning
    assert '1 x box outside of the image' in warning
    assert 'EXIF orientation 6 makes of it' in warning
    # Without images, and of data sets of the field, nothing is known.
    assert use([entry(boxes=boxes)]).warning == ''


def test_percentages(tmp_path):
    for size, found in ((400, True), (100, False)):
        for n in range(12):
            Image.new('L', (size, size)).save(tmp_path / f'{n}.jpg')
        warning = use(many(), folder=str(tmp_path)).warning
        assert ('boxes may be percentages' in warning) is found
    boxes = (([.5, 1, 22, 99.5], 'person'), ([2, 2, 9, 9], 'dog'))
    assert 'percentages' not in use(many(12, boxes=boxes)).warning
    assert 'percentages' in use(many(60, boxes=boxes)).warning


def test_combinations_of_vcoco_that_are_no_class():
    space = load_label_space('vcoco')
    stand = space.verbs.index('stand')
    record = dict(
        file_name='COCO_1.jpg',
        annotations=[dict(bbox=PERSON, category_id=1)] * 1 +
        [dict(bbox=DOG, category_id=47)],
        hoi_annotation=[dict(subject_id=0, object_id=1, category_id=stand)])
    assert use([record], True, space).warning == ''
    assert 'form no HOI' in use([record], False, space).warning


def test_boxes_alone():
    good = np.array([[1, 2, 30, 40.]])
    assert check_boxes(good, 'ann.npz', 0) == ''
    assert check_boxes(np.zeros((0, 4)), 'ann.npz', 0) == ''
    assert '1 x empty or inverted box (row 1' in check_boxes(
        np.concatenate((good, good[:, ::-1])), 'ann.npz', 0)
    with pytest.raises(SetupError, match='ann.npz.*fractions'):
        check_boxes(good / 100, 'ann.npz', 0)


def test_every_rule_says_what_is_done():
    assert all(rule.is_error or rule.training != 'refused'
               for rule in RULES.values())


@BOTH
def test_names_that_differ_in_case_only(tmp_path, test_mode):
    """Two images or one: told where nobody can look."""
    records = [entry('A.jpg'), entry('a.JPG'), entry('b.jpg')]
    assert 'names that differ in case only' in use(records, test_mode).warning
    assert use(records, test_mode, folder=str(tmp_path)).warning == ''
    assert len(use(records, test_mode).records) == 3
