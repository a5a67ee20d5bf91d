# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.label_spaces import LABEL_SPACES, load_label_space
from mmhoi.utils.setup_error import SetupError


@pytest.mark.parametrize('name, offset, no_object, rare, evaluated', [
    ('hico_det', 1, False, 138, 600),
    ('vcoco', 0, True, 138, 263),
    ('synhico', 1, False, 24, 118),
])
def test_facts(name, offset, no_object, rare, evaluated):
    space = load_label_space(name)
    assert space.name == name
    assert (space.verb_offset, space.allows_no_object) == (offset, no_object)
    assert (space.hoi_objects == len(space.objects)).any() == no_object
    assert len(space.rare_hois) == rare
    assert len(space.evaluated_hois) == evaluated
    assert np.isin(space.rare_hois, space.evaluated_hois).all()
    assert space.how_to_get


@pytest.mark.parametrize('name', [*LABEL_SPACES, 'synhico'])
def test_tables_are_ones_own(name):
    load_label_space(name).hoi_verbs[:] = 0
    load_label_space(name).splits.clear()
    assert load_label_space(name).hoi_verbs.any()
    assert load_label_space(load_label_space(
        name).definition).fingerprint == load_label_space(name).fingerprint


def test_an_edited_file_is_read_again(tmp_path):
    path = tmp_path / 'classes.json'
    classes = dict(objects=['cow'], verbs=['hug'])
    path.write_text(json.dumps(classes))
    assert load_label_space(str(path)).hois == ('hug cow', )
    path.write_text(json.dumps(dict(classes, verbs=['hug', 'milk'])))
    assert load_label_space(str(path)).hois == ('hug cow', 'milk cow')


@pytest.mark.parametrize('change', [
    dict(objects=['horse', 'cow']),
    dict(verbs=['milk', 'hug']),
    dict(verbs=['hug', dict(name='milk', phrase='the milking of')]),
    dict(background_text='nothing'),
])
def test_fingerprint(change):
    classes = dict(objects=['cow', 'horse'], verbs=['hug', 'milk'])
    space, other = (
        load_label_space(x) for x in (classes, dict(classes, **change)))
    assert space.fingerprint != other.fingerprint
    again = load_label_space(other.definition)
    assert again.fingerprint == other.fingerprint
    assert again.verb_prompts == other.verb_prompts


def test_unknown_name():
    with pytest.raises(ValueError, match='"coco" .key `label_space`.; allow'):
        load_label_space('coco')


def test_metainfo_is_plain_data():
    from mmdet.visualization import get_palette
    for name in LABEL_SPACES:
        space = load_label_space(name)
        metainfo = space.metainfo()
        assert metainfo['hoi_classes'] == space.hois
        assert metainfo['rare_hois'] == space.rare_hois.tolist()
        colors = get_palette('random', len(space.objects))
        assert (np.array(metainfo['palette']) == np.array(colors)).all()


def test_other_counts():
    space = load_label_space('hico_det')
    counts = np.full(600, space.rare_below)
    counts[[3, 5]] -= 1
    assert space.with_counts(counts).rare_hois.tolist() == [3, 5]
    assert len(space.rare_hois) == 138


def test_splits():
    space = load_label_space('hico_det')
    assert len(space.splits) == 11
    unseen, seen = space.unseen_hois('RF-UC'), space.seen_hois('rf_uc')
    assert len(unseen) == 120
    assert sorted([*unseen, *seen]) == list(range(600))
    assert len(space.unseen_hois(None)) == 0
    with pytest.raises(SetupError, match='unknown.*"rf".*allowed: fcl, nf_'):
        space.unseen_hois('rf')
    with pytest.raises(SetupError, match='"vcoco" has no splits'):
        load_label_space('vcoco').seen_hois('uv')
