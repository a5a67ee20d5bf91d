# Copyright (c) mmhoi contributors.
import copy
import os
import unicodedata

import pytest

from mmhoi.annotations.repeated_images import (EntryKeys, merge_entries,
                                               repeated_images)

KEYS = EntryKeys('annotations', 'hoi_annotation', 'category', 'verb')


def rows(*names, folder=None):
    records = [dict(file_name=name) for name in names]
    return [group.rows for group in repeated_images(records, folder)]


@pytest.mark.parametrize('first, second', [
    ('a.jpg', 'a.jpg'),
    ('a.jpg', './a.jpg'),
    ('x/a.jpg', 'x//a.jpg'),
    ('x/a.jpg', 'x/./a.jpg'),
    ('x/a.jpg', 'y/../x/a.jpg'),
    ('x/a.jpg', 'x\\a.jpg'),
    ('x/a.jpg', '/data/images/x/a.jpg'),
    ('x/a.jpg', 'C:\\data\\x\\a.jpg'),
    ('/data/a.jpg', '//data/a.jpg'),
    ('é.jpg', unicodedata.normalize('NFD', 'é.jpg')),
])
def test_one_image_in_two_spellings(first, second):
    assert rows('0.jpg', first, second) == [[1, 2]]
    assert rows(second, '0.jpg', first, first) == [[0, 2, 3]]


@pytest.mark.parametrize('first, second', [('a.jpg', 'x/a.jpg'),
                                           ('a.jpg', 'A.jpg'),
                                           ('a.jpg', 'a.png'),
                                           ('/x/a.jpg', '/y/a.jpg')])
def test_two_images(first, second):
    assert rows(first, second) == []


def test_the_folder_tells_of_absolute_paths_and_of_case(tmp_path):
    (tmp_path / 'x').mkdir()
    for name in ('a.jpg', 'b.jpg', 'x/b.jpg'):
        (tmp_path / name).write_bytes(b'')
    os.link(tmp_path / 'a.jpg', tmp_path / 'A.jpg')
    folder = str(tmp_path)
    assert rows('a.jpg', 'A.jpg', 'B.jpg', 'b.jpg', folder=folder) == [[0, 1]]
    assert rows('b.jpg', f'{folder}/x/b.jpg', folder=folder) == []
    assert rows('b.jpg', f'{folder}/b.jpg', folder=folder) == [[0, 1]]


def test_any_structure():
    records = [3, None, dict(), dict(file_name=None), dict(file_name=[1])]
    assert repeated_images(records) == []


def entry(*hois, boxes, **kwargs):
    return dict(
        annotations=[
            dict(bbox=list(bbox), category=category)
            for bbox, category in boxes
        ],
        hoi_annotation=[
            dict(subject_id=sub, object_id=obj, verb=verb)
            for sub, obj, verb in hois
        ],
        **kwargs)


ANN, BOB = ((1, 1, 50, 90), 'person'), ((100, 1, 150, 90), 'person')
DOG = (20, 60, 90, 95), 'dog'


def test_one_entry_per_interaction():
    entries = [
        entry((0, 1, 'walk'), boxes=[ANN, DOG], img_id=7),
        entry((1, 0, 'feed'), boxes=[DOG, ANN]),
        entry((0, 1, 'walk'), boxes=[BOB, DOG]),
        entry((0, 1, 'walk'), boxes=[ANN, DOG]),
    ]
    before = copy.deepcopy(entries)
    assert merge_entries(entries, KEYS) == entry(
        (0, 1, 'walk'), (0, 1, 'feed'), (2, 1, 'walk'),
        boxes=[ANN, DOG, BOB],
        img_id=7)
    assert entries == before


def test_equal_boxes_within_an_entry_stay():
    twice = entry((0, 1, 'walk'), (0, 1, 'walk'), boxes=[ANN, DOG, ANN])
    merged = merge_entries([twice, entry(boxes=[])], KEYS)
    assert merged == twice
    assert merge_entries([twice, entry(boxes=[ANN])], KEYS) == twice


def test_no_object_and_bad_boxes():
    bad = ((1, 2), 'dog')
    merged = merge_entries(
        [entry((0, -1, 'wave'), boxes=[ANN]),
         entry(boxes=[bad])], KEYS)
    assert merged == entry((0, -1, 'wave'), boxes=[ANN, bad])


@pytest.mark.parametrize('other, message', [
    (entry(boxes=[((2, 1, 50, 90), 'person')]), 'the same object, drawn'),
    (entry((0, 5, 'walk'), boxes=[ANN]), 'index 5 of a box'),
    (entry(boxes=[], img_id=8), "img_ids 7 and 8"),
])
def test_entries_that_contradict(other, message):
    first = entry((0, 1, 'walk'), boxes=[ANN, DOG], img_id=7)
    with pytest.raises(ValueError, match=message):
        merge_entries([first, other], KEYS)
