# Copyright (c) mmhoi contributors.
import sys

import pytest

from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.setup_error import SetupError

BASE = """
data_root = 'old/'
part = dict(root=data_root, inner=[dict(a=1)])
if True:
    size = 3
train_dataloader = dict(dataset=dict(data_root=data_root, ann=data_root + 'x'))
val_dataloader = dict(dataset=part, batch_size=size)
model = dict(type='A')
"""
CHILD = """
_base_ = './base.py'
model = dict(root={{_base_.data_root}}, folder='{{ fileDirname }}')
"""


@pytest.fixture
def read(tmp_path):
    """A function that reads a config of these files with options."""

    def read(options=None, child=CHILD, base=BASE):
        (tmp_path / 'base.py').write_text(base)
        (tmp_path / 'child.py').write_text(child)
        return load_config_file(tmp_path / 'child.py', options)

    return read


@pytest.mark.parametrize('options, key, value', [
    ({
        'data_root': 'new/'
    }, 'train_dataloader.dataset.data_root', 'new/'),
    ({
        'data_root': 'new/'
    }, 'train_dataloader.dataset.ann', 'new/x'),
    ({
        'data_root': 'new/'
    }, 'val_dataloader.dataset.root', 'new/'),
    ({
        'data_root': 'new/'
    }, 'model.root', 'new/'),
    ({
        'data_root': 'n',
        'model.root': 1
    }, 'model.root', 1),
    ({
        'size': 7
    }, 'val_dataloader.batch_size', 7),
    ({
        'part.root': 'r'
    }, 'val_dataloader.dataset.root', 'r'),
    ({
        'part.new.key': [1]
    }, 'val_dataloader.dataset.new.key', [1]),
    ({
        'part.inner.0.a': 2
    }, 'val_dataloader.dataset.inner', [dict(a=2)]),
    ({
        'val_dataloader.batch_size': 9
    }, 'val_dataloader.batch_size', 9),
    ({
        'load_from': 'a.pth'
    }, 'load_from', 'a.pth'),
])
def test_options_take_effect(read, options, key, value):
    node = read(options)
    for part in key.split('.'):
        node = node[part]
    assert node == value


@pytest.mark.parametrize('options, words', [
    ({
        'test_dataloder.batch_size': 1
    }, 'did you mean `test_dataloader`'),
    ({
        'data_rot': 'x'
    }, 'did you mean `data_root`'),
    ({
        'qqqq': 1
    }, 'has no `qqqq`'),
    ({
        'data_root': None
    }, 'cannot be executed with .*NoneType'),
])
def test_unknown_options_are_refused(read, options, words):
    with pytest.raises(SetupError, match=words):
        read(options)


def test_modules_of_options_are_imported(tmp_path, read, monkeypatch):
    (tmp_path / 'own_module_of_options.py').touch()
    monkeypatch.syspath_prepend(tmp_path)
    read({'custom_imports.imports': ['own_module_of_options']})
    assert 'own_module_of_options' in sys.modules
    with pytest.raises(SetupError, match='custom_imports.*no_such_module'):
        read({'custom_imports.imports': ['no_such_module']})


def test_an_option_for_an_idle_variable_names_the_entries(tmp_path, read):
    """A dumped config has variables whose work is done."""
    read().dump(tmp_path / 'dumped.py')
    assert load_config_file(tmp_path / 'dumped.py').data_root == 'old/'
    with pytest.raises(
            SetupError,
            match='`data_root`.*train_dataloader.dataset.data_roo'):
        load_config_file(tmp_path / 'dumped.py', {'data_root': 'new/'})


@pytest.mark.parametrize('line, words', [
    ("data_root = 'mine/'", 'train_dataloader.dataset.data_root'),
    ("data_rot = 'mine/'", 'did you mean `data_root`'),
    ('trian_dataloader = dict(batch_size=3)', 'mean `train_dataloader`'),
    ('max_epochs = 3', '`max_epochs` in ".*child.py" has no effect'),
])
def test_variables_without_effect_are_refused(read, line, words):
    with pytest.raises(SetupError, match=words):
        read(child=CHILD + line)


@pytest.mark.parametrize('lines', [
    "data_root = 'm/'\nval_dataloader = dict(dataset=dict(root=data_root))",
    '_unused = 3',
    'def size(x):\n    return x\n',
    'import os',
])
def test_variables_with_effect_are_kept(read, lines):
    read(child=CHILD + lines)


def test_a_file_without_base_may_have_idle_variables(read):
    read(base=BASE + 'classes = 3')
    with pytest.raises(SetupError, match='mean `test_dataloader`'):
        read(base=BASE + 'test_dataloder = dict()')


def test_braces_of_dicts_are_no_placeholders(read):
    assert read(child="model = {'a': {'b': {'c': 1}}}").model.a.b.c == 1


def test_options_of_another_type_name_the_key(read):
    with pytest.raises(SetupError, match='val_dataloader.batch_size.* a dict'):
        read({'val_dataloader.batch_size': dict(a=1)})


def test_other_formats_are_read(tmp_path):
    (tmp_path / 'a.json').write_text('{"model": {"a": 1}}')
    cfg = load_config_file(tmp_path / 'a.json', {'model.a': 2})
    assert cfg.model.a == 2
