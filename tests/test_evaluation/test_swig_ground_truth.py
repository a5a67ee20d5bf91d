# Copyright (c) mmhoi contributors.
import json

import pytest
import swig_data

from mmhoi.evaluation.swig_ground_truth import read_swig_ground_truth
from mmhoi.label_spaces import load_label_space
from mmhoi.utils.setup_error import SetupError


@pytest.fixture
def read(tmp_path):
    """Function that writes entries and reads them as ground truth."""
    space = load_label_space(
        str(swig_data.write_categories(tmp_path / 'tables.json')))

    def read(records):
        path = tmp_path / 'ann.json'
        path.write_text(json.dumps(records))
        return read_swig_ground_truth(path, space)

    return read


def test_ground_truth(read):
    empty = swig_data.entry(3, hois=())
    twice = swig_data.entry(9, hois=((0, 1, 0), (0, 1, 0)))
    with pytest.warns(UserWarning, match='1 x repeated interaction'):
        ids, pairs = read([swig_data.entry(), empty, twice])
    assert ids.tolist() == [7, 3, 9]
    assert pairs.images.tolist() == [0, 0, 2, 2]
    assert pairs.labels.tolist() == [0, 1, 0, 0]
    assert pairs.sub_bboxes.tolist() == [[0, 0, 438, 509]] * 4
    assert pairs.obj_bboxes[1].tolist() == [247, 134, 566, 512]


def test_unusable_interactions_are_counted(read):
    # Nobody wraps an apple here, and there is no box 5.
    record = swig_data.entry(hois=((0, 2, 0), (0, 5, 0), (0, 1, 0)))
    with pytest.warns(UserWarning) as caught:
        _, pairs = read([record])
    assert pairs.labels.tolist() == [0]
    text, = (str(warning.message) for warning in caught)
    assert '1 x verb and object form no HOI, left out,' in text
    assert 'wrapping_7.jpg hoi_annotations[1]: object_id 5' in text


@pytest.mark.parametrize('change, message', [
    (dict(img_id='x'), "img_id 'x' is not of type int"),
    (dict(img_id=2**64), 'img_id 18446744073709551616 must be a whole number'),
    (dict(box_annotations=3), 'entry 1: box_annotations 3'),
    (dict(hoi_annotations=[dict(subject_id=0)]), r'hoi_annotations\[0\]'),
    (dict(img_id=7), 'img_id 7 occurs 2 times'),
])
def test_other_entries_are_refused(read, change, message):
    with pytest.raises(SetupError, match='ann.json.*' + message):
        read([swig_data.entry(), {**swig_data.entry(8), **change}])


def test_no_entries(read):
    with pytest.raises(SetupError, match='ann.json.*no image'):
        read([])
