# Copyright (c) mmhoi contributors.
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.class_file import parse_classes

CONTENT = dict(
    objects=['bicycle',
             dict(name='cart', phrase='a donkey cart'), 'ice_axe'],
    verbs=['ride', dict(name='push', phrase='shoving')],
    hois=[
        dict(verb='push', object='cart'),
        dict(verb='ride', object='bicycle'),
        dict(verb='push', object='person', prompt='somebody pushed'),
    ])


def test_tables(tmp_path):
    path = tmp_path / 'classes.json'
    path.write_text(json.dumps(CONTENT))
    space = load_label_space(str(path))
    assert space.objects == ('person', 'bicycle', 'cart', 'ice_axe')
    assert space.category_ids == (1, 2, 3, 4)
    assert space.hois == ('push cart', 'ride bicycle', 'push person')
    assert space.hoi_prompts == ('a photo of a person shoving a donkey cart',
                                 'a photo of a person riding a bicycle',
                                 'somebody pushed')
    assert space.object_prompts == ('a photo of a person',
                                    'a photo of a bicycle',
                                    'a photo of a donkey cart',
                                    'a photo of an ice axe',
                                    'a photo of nothing')
    assert space.verb_prompts == ('a photo of a person riding',
                                  'a photo of a person shoving')
    assert space.verb_to_hoi().tolist() == [[0, 1, 0], [1, 0, 1]]
    assert len(space.rare_hois) == 0
    assert not space.allows_no_object


def test_default_hois():
    space = parse_classes(
        dict(objects=['horse', 'person'], verbs=['ride', 'hug']))
    assert space.objects == ('person', 'horse')
    assert space.hois == ('ride horse', 'hug horse', 'ride person',
                          'hug person')


def test_verb_without_object():
    space = parse_classes(
        dict(
            objects=['ball'],
            verbs=['wave', 'throw'],
            hois=[dict(verb='wave'),
                  dict(verb='throw', object='ball')],
            background_text='a photo of grass'))
    assert space.allows_no_object
    assert space.hoi_objects.tolist() == [2, 1]
    assert space.hois == ('wave', 'throw ball')
    assert space.hoi_prompts[0] == 'a photo of a person waving'
    # The classes of the detector: objects, "no object", background.
    assert len(space.object_prompts) == 4
    assert space.object_prompts[-1] == 'a photo of grass'


def test_hico_det_as_class_file():
    """Default prompts are HICO-DET's, but for "a umbrella" and "control"."""
    hico = load_label_space('hico_det')
    names = [
        dict(verb=h.split(' ')[0], object=h.split(' ')[1]) for h in hico.hois
    ]
    space = parse_classes(
        dict(objects=list(hico.objects), verbs=list(hico.verbs), hois=names))
    assert space.hois == hico.hois
    differ = {
        hoi
        for hoi, prompt, official in zip(hico.hois, space.hoi_prompts,
                                         hico.hoi_prompts)
        if prompt != official.replace('a umbrella', 'an umbrella')
    }
    assert differ == {'control mouse', 'control tv'}


@pytest.mark.parametrize('change, message', [
    (dict(objects=[]), 'objects must be a list with at least one entry'),
    (dict(verbs='ride'), 'verbs must be a list with at least one entry'),
    (dict(hois=[]), 'hois must be a list with at least one entry'),
    (dict(hoi=[]), 'the file: unknown key "hoi"; allowed: objects, verbs, '
     'hois, background_text'),
    (dict(background_text=''), "background_text '' must be a text that"),
    (dict(objects=['bicycle', 'cart', 3]),
     'objects[2]: 3 is not a dict with name, phrase'),
    (dict(objects=['bicycle', 'cart', ' ']), "objects[2]: name ' ' must be"),
    (dict(objects=['bicycle', 'cart', 'Cart']),
     'objects[2]: "Cart" is the same as objects[1]'),
    (dict(objects=['bicycle', 'cart', 'Person']),
     'objects[2]: write "person", not "Person"'),
    (dict(verbs=['ride', 'push', dict(phrase='x')]), 'verbs[2] lacks name'),
    (dict(verbs=['ride', 'push', dict(name='x', ing='x')]),
     'verbs[2]: unknown key "ing"; allowed: name, phrase'),
    (dict(verbs=['ride', 'push', dict(name='x', phrase=['x'])]),
     "verbs[2]: phrase ['x'] must be a text"),
    (dict(objects=['bicycle', 'cart', 'a\nb']),
     "objects[2]: name 'a\\nb' has characters that cannot be printed"),
    (dict(background_text='a\ud800'), 'background_text '),
    (dict(verbs=['ride', 'push', 'walk']), 'verbs: "walk" is in no HOI'),
    (dict(hois=['ride bicycle']), "hois[0]: 'ride bicycle' is not a dict with "
     'verb, object, prompt'),
    (dict(hois=[dict(object='cart')]), 'hois[0] lacks verb'),
    (dict(hois=[dict(verb='ride', object='car')]),
     'hois[0]: unknown object "car"; allowed: person, bicycle, cart, ice_axe'),
    (dict(hois=[dict(verb='rid', object='cart')]),
     'hois[0]: unknown verb "rid"; allowed: ride, push'),
    (dict(hois=CONTENT['hois'] + CONTENT['hois'][:1]),
     'hois: "push cart" occurs 2 times'),
])
def test_error(tmp_path, change, message):
    path = tmp_path / 'classes.json'
    path.write_text(json.dumps(dict(CONTENT, **change)))
    with pytest.raises(ValueError) as error:
        load_label_space(str(path))
    assert f'class file {path}: ' in str(error.value)
    assert message in str(error.value)
    assert 'custom_dataset.md' in str(error.value)


def test_all_errors_at_once():
    content = dict(CONTENT, verbs=['ride', 'ride', 7], objects=['a', ''])
    with pytest.raises(ValueError) as error:
        parse_classes(content)
    assert str(error.value).count('; ') >= 5


@pytest.mark.parametrize('text, message', [
    ('{', 'is not valid JSON'),
    ('\xff', 'is not valid JSON'),
    ('[]', 'must hold a dict with objects, verbs, hois, not a list'),
    ('{}', 'objects must be a list .*; verbs must be a list'),
    ('{"actions": []}', 'has no categories, actions, interactions'),
])
def test_other_files(tmp_path, text, message):
    path = tmp_path / 'classes.json'
    path.write_text(text, encoding='latin-1')
    with pytest.raises(ValueError, match=message):
        load_label_space(str(path))
    with pytest.raises(FileNotFoundError, match='class file .*none.json'):
        load_label_space(str(tmp_path / 'none.json'))


NAMES = st.sampled_from(['person', 'Person', 'dog', 'walk', ' ', ''])
KEYS = st.sampled_from([
    'objects', 'verbs', 'hois', 'name', 'phrase', 'verb', 'object', 'prompt',
    'background_text'
])
JSON = st.recursive(
    st.none() | st.integers() | NAMES,
    lambda values: st.lists(values) | st.dictionaries(KEYS, values),
    max_leaves=10)
TABLES = st.fixed_dictionaries(
    dict(objects=JSON | st.lists(NAMES), verbs=JSON | st.lists(NAMES)),
    optional=dict(hois=JSON, background_text=JSON))


@settings(max_examples=40, deadline=None)
@given(JSON | TABLES)
def test_any_structure(content):
    """A table whose parts fit together, or a ValueError."""
    try:
        space = parse_classes(content)
    except ValueError as error:
        assert str(error)
        return
    assert len(space.hois) == len(space.hoi_prompts) == len(set(space.hois))
    assert len(set(space.objects)) == len(space.objects)
