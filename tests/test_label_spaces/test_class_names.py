# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.label_spaces import ClassNames, load_label_space
from mmhoi.label_spaces.class_names import describe_difference


@pytest.mark.parametrize('name', ['hico_det', 'vcoco'])
def test_pairs_are_found_in_texts(name):
    """Converted checkpoints of earlier versions have no tables."""
    space = load_label_space(name)
    meta = dict(
        classes=space.objects,
        verb_classes=space.verbs,
        hoi_classes=space.hois)
    names = ClassNames.of_metainfo(meta)
    assert names == ClassNames.of_space(space)
    assert len(names.object_rows) == len(space.object_prompts)


@pytest.mark.parametrize('own, other, words', [
    ({}, dict(verbs=('a', )), None),
    (dict(verbs=('a', )), dict(verbs=('a', )), None),
    (dict(objects=('a', 'b')), dict(objects=('a', 'c')),
     'object class 1 is "b" in A and "c" in B; objects only in A: b; objects '
     'only in B: c'),
    (dict(verbs=('a', 'b')), dict(verbs=('b', )), 'verbs only in A: a'),
    (dict(hois=(('a', 'b'), )), dict(hois=('a b', )), None),
    (dict(hois=(('a', ''), )), dict(hois=(('b', 'c'), )),
     'HOI class 0 is "a" in A and "b c" in B; HOIs only in A: a; HOIs only in '
     'B: b c'),
    (dict(hois=(('a', 'a'), ('a', 'a'))), dict(hois=(('a', 'a'), )),
     '2 HOIs in A, 1 in B'),
])
def test_difference(own, other, words):
    assert describe_difference(
        ClassNames(**own), ClassNames(**other), ('A', 'B')) == words


@pytest.mark.parametrize('tables', [
    dict(hoi_to_verb=[7], hoi_to_object=[0]),
    dict(hoi_to_verb=[0, 0], hoi_to_object=[0]),
    dict(hoi_to_verb='x', hoi_to_object=[0]),
    dict(),
])
def test_useless_tables_leave_texts(tables):
    meta = dict(
        classes=['b c', 'c'], verb_classes=['a', 'a b'], hoi_classes=['a b c'])
    assert ClassNames.of_metainfo(dict(meta, **tables)).hois == ('a b c', )
