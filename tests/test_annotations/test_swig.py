# Copyright (c) mmhoi contributors.
import swig_data

from mmhoi.annotations.swig import SWIGValidator, swig_to_hoia
from mmhoi.label_spaces import load_label_space


def test_entry_in_hoia_format():
    record = swig_to_hoia(swig_data.entry())
    assert record['annotations'][1] == dict(
        bbox=[282, 217, 441, 317], category_id=1)
    assert record['hoi_annotation'] == [
        dict(subject_id=0, object_id=1, category_id=0),
        dict(subject_id=0, object_id=2, category_id=1)
    ]


def test_check(tmp_path):
    space = load_label_space(
        str(swig_data.write_categories(tmp_path / 'tables.json')))
    validator = SWIGValidator(space, 0)
    assert list(validator.validate([swig_data.entry()])) == []
    bad = swig_data.entry(hois=((1, 2, 1), (0, 2, 7)))
    del bad['img_id']
    assert [str(p) for p in validator.validate([bad])
            ] == ['error: entry 0: missing key: img_id']
    bad['img_id'] = 3
    found = [str(p) for p in validator.validate([bad])]
    assert len(found) == 2
    assert found[0].startswith('error: wrapping_7.jpg hoi_annotations[0]: '
                               'subject is no person')
    assert 'action_id 7 is not in 0..1' in found[1]
