# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import swig_data

from mmhoi.annotations.swig import swig_ground_truth, swig_to_hoia
from mmhoi.label_spaces import load_label_space


@pytest.fixture
def space(tmp_path):
    return load_label_space(
        str(swig_data.write_categories(tmp_path / 'tables.json')))


def test_entry_in_hoia_format():
    record = swig_to_hoia(swig_data.entry())
    assert record['annotations'][1] == dict(
        bbox=[282, 217, 441, 317], category_id=1)
    assert record['hoi_annotation'] == [
        dict(subject_id=0, object_id=1, category_id=0),
        dict(subject_id=0, object_id=2, category_id=1)
    ]


def test_ground_truth(space):
    empty = swig_data.entry(3, hois=())
    twice = swig_data.entry(9, hois=((0, 1, 0), (0, 1, 0)))
    ids, pairs, report = swig_ground_truth([swig_data.entry(), empty, twice],
                                           space)
    assert ids.tolist() == [7, 3, 9]
    assert pairs.images.tolist() == [0, 0, 2, 2]
    assert pairs.labels.tolist() == [0, 1, 0, 0]
    assert pairs.sub_bboxes.tolist() == [[0, 0, 438, 509]] * 4
    assert pairs.obj_bboxes[1].tolist() == [247, 134, 566, 512]
    assert not report
    ids, pairs, _ = swig_ground_truth([empty], space)
    assert pairs.obj_bboxes.shape == (0, 4)


def test_unusable_interactions_are_counted(space):
    # Nobody wraps an apple here, and there is no box 5.
    record = swig_data.entry(hois=((0, 2, 0), (0, 5, 0), (0, 1, 0)))
    _, pairs, report = swig_ground_truth([record], space)
    assert pairs.labels.tolist() == [0]
    assert '1 x verb and object that form no known HOI' in report.summary()
    assert 'wrapping_7.jpg hoi_annotation[1]' in report.summary()


@pytest.mark.parametrize('change, message', [
    (dict(img_id='x'), 'entry 1 is not in the format of SWIG-HOI'),
    (dict(img_id=2**64), 'entry 1 is not in the format of SWIG-HOI'),
    (dict(box_annotations=3), 'entry 1 is not in the format'),
    (dict(hoi_annotations=[dict(subject_id=0)]), 'entry 1 is not in the'),
    (dict(img_id=7), 'img_id 7 occurs 2 times'),
])
def test_other_entries_are_refused(space, change, message):
    with pytest.raises(ValueError, match=message):
        swig_ground_truth(
            [swig_data.entry(), {
                **swig_data.entry(8),
                **change
            }], space)


def test_no_entries(space):
    ids, pairs, _ = swig_ground_truth([], space)
    assert len(ids) == len(pairs.images) == 0
    assert pairs.sub_bboxes.dtype == np.float64
