# Copyright (c) mmhoi contributors.
import json

import pytest
import swig_data

from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.swig import load_swig_label_space


@pytest.mark.parametrize('ending', ['.py', '.json'])
def test_tables(tmp_path, ending):
    path = swig_data.write_categories(tmp_path / f'tables{ending}')
    space = load_label_space(str(path))
    assert space.objects == ('person', 'hose', 'apple')
    assert space.verbs == ('wrapping', 'eating')
    assert space.category_ids == (0, 1, 2)
    assert space.hois == ('wrapping hose', 'eating apple', 'wrapping person',
                          'eating person')
    assert space.hoi_prompts[:2] == ('a photo of a person wrapping a hose',
                                     'a photo of a person eating an apple')
    assert space.object_prompts[-2:] == ('a photo of an apple',
                                         'a photo of nothing')
    assert space.frequencies.tolist() == [2, 1, 0, 1]
    assert space.evaluated_hois.tolist() == [0, 1, 2]
    assert space.rare_hois.tolist() == [1, 3]
    assert space.verb_to_hoi().tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]


def test_order_of_the_lists_does_not_matter(tmp_path):
    path = tmp_path / 'tables.json'
    swig_data.write_categories(path)
    tables = json.loads(path.read_text())
    path.write_text(json.dumps({k: v[::-1] for k, v in tables.items()}))
    assert load_swig_label_space(str(path)).hois[0] == 'wrapping hose'


def test_python_files_are_not_run(tmp_path):
    path = swig_data.write_categories(tmp_path / 'tables.py')
    path.write_text(path.read_text() + 'raise SystemExit("I was run")\n')
    assert len(load_swig_label_space(str(path)).hois) == 4
    path = tmp_path / 'other.py'
    path.write_text('SWIG_CATEGORIES = list(range(3))\n')
    with pytest.raises(ValueError, match='other.py cannot be read'):
        load_swig_label_space(str(path))


@pytest.mark.parametrize('table, row, key, value, message', [
    ('categories', 0, 'id', 5, 'the ids of categories are not 0..2'),
    ('interactions', 1, 'id', 0, 'the ids of interactions are not 0..3'),
    ('interactions', 1, 'object_id', 3, r'object_id .* in 0\.\.2'),
    ('interactions', 1, 'action_id', -1, r'action_id .* in 0\.\.1'),
    ('interactions', 1, 'frequency', 3, r'frequency .* in 0\.\.2'),
    ('interactions', 1, 'evaluation', 'yes', r'evaluation .* in 0\.\.1'),
    ('interactions', 1, 'action_id', [1], 'action_id .* is a list, not a'),
    ('interactions', 1, 'object_id', True, 'object_id .* is True, not a'),
    ('categories', 1, 'name', 7, 'the name of categories 1 is 7, not a text'),
    ('categories', 1, 'name', 'a\x00', 'the name of categories 1 is'),
    ('actions', 1, 'name', None, None),
])
def test_bad_tables(tmp_path, table, row, key, value, message):
    path = swig_data.write_categories(tmp_path / 'tables.json')
    tables = json.loads(path.read_text())
    if message is None:
        del tables[table][row][key]
        message = r'actions\[1\] lacks one of the keys id, name'
    else:
        tables[table][row][key] = value
    path.write_text(json.dumps(tables))
    with pytest.raises(ValueError, match=f'tables.json: {message}.*give '):
        load_swig_label_space(str(path))


@pytest.mark.parametrize('text, message', [
    ('{', 'cannot be read'),
    ('[]', 'has no categories, actions, interactions'),
    ('{"categories": [], "actions": [1], "interactions": [2]}',
     'has no categories;'),
    ('{"categories": [1], "actions": [1], "interactions": [2]}',
     r'categories\[0\] lacks'),
])
def test_other_files(tmp_path, text, message):
    path = tmp_path / 'tables.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_swig_label_space(str(path))
    with pytest.raises(FileNotFoundError, match='swig_v1_categories.py'):
        load_swig_label_space(str(tmp_path / 'none.py'))
