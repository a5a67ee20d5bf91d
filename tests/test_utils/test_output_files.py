# Copyright (c) mmhoi contributors.
import os
from argparse import Namespace

import pytest

from mmhoi.utils.output_files import (check_config_outputs, check_out_folder,
                                      check_outputs, check_own_table,
                                      check_place, same_file)
from mmhoi.utils.setup_error import SetupError


@pytest.fixture
def ann(tmp_path, monkeypatch):
    """An input, called by other names as well."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / 'ann.json'
    path.write_text('[]', encoding='utf-8')
    (tmp_path / 'folder').mkdir()
    (tmp_path / 'link.json').symlink_to('ann.json')
    (tmp_path / 'folder' / 'link').symlink_to('..')
    os.link(path, tmp_path / 'hard.json')
    return path


@pytest.mark.parametrize('name', [
    'ann.json', './/ann.json', 'folder/../ann.json', 'link.json', 'hard.json',
    'folder/link/ann.json', '{folder}/ann.json'
])
@pytest.mark.parametrize('ann_name', ['ann.json', 'link.json'])
@pytest.mark.parametrize('overwrite', [True, False])
def test_inputs_are_never_replaced(ann, name, ann_name, overwrite):
    name = name.format(folder=ann.parent)
    args = Namespace(ann=ann_name, per_class=name, overwrite=overwrite)
    with pytest.raises(
            SetupError, match='--per-class .* is the file that '
            'ANN names'):
        check_outputs(args, '--per-class')
    args = Namespace(anns=['no.json', ann_name], out=None, overwrite=overwrite)
    with pytest.raises(SetupError, match='the CSV .* ANNS names'):
        check_outputs(args, 'OUT', beside={'the CSV': name})
    with pytest.raises(SetupError, match='that the config names'):
        check_outputs(
            Namespace(out=name, overwrite=overwrite), 'OUT', inputs=[ann])
    with pytest.raises(SetupError, match='out_file=.* is written to'):
        check_config_outputs(
            dict(test_evaluator=[dict(out_file=name)]), [ann_name])


def test_other_files_are_replaced_if_asked(ann):
    (ann.parent / 'other.json').touch()
    args = Namespace(ann='ann.json', out='other.json', overwrite=False)
    with pytest.raises(
            SetupError, match='OUT other.json exists already; .* '
            '--overwrite'):
        check_outputs(args, 'OUT')
    args.overwrite = True
    check_outputs(args, 'OUT')
    for name in 'new.json', 'new/folder/a.json', '/dev/null':
        check_outputs(Namespace(ann='ann.json', out=name), 'OUT')


@pytest.mark.parametrize('name, message', [
    ('folder', 'is a folder; name a file'),
    ('ann.json/a.json', 'ann.json is no folder'),
    ('x' * 256, 'File name too long'),
    ('folder/' + 'x' * 256, 'File name too long'),
    ('a\0b', 'null'),
])
def test_places_that_cannot_be_written(ann, name, message):
    with pytest.raises(SetupError, match=message):
        check_outputs(Namespace(out=name, overwrite=True), 'OUT')


def test_no_permission(ann, monkeypatch):
    monkeypatch.setattr(os, 'access', lambda path, mode: False)
    with pytest.raises(SetupError, match='no permission'):
        check_outputs(Namespace(out='new/a.json'), 'OUT')


def test_one_file_for_two_outputs(ann):
    args = Namespace(json='a.csv', per_class='folder/../a.csv')
    with pytest.raises(SetupError, match='--per-class .* is also what --json'):
        check_outputs(args, '--json', '--per-class')


def test_files_of_a_folder_that_is_read(ann):
    args = Namespace(predictions='folder', json='folder/a', overwrite=True)
    check_outputs(args, '--json')
    (ann.parent / 'folder' / 'a').touch()
    with pytest.raises(SetupError, match='a file of the folder folder'):
        check_outputs(args, '--json')


@pytest.mark.parametrize('folder, inputs, refused', [
    ('.', ['ann.json'], True),
    ('.', ['folder/link/ann.json'], True),
    ('folder/link', ['ann.json'], True),
    ('folder', ['folder'], True),
    ('folder', ['folder/../folder/'], True),
    ('folder', ['ann.json', 'https://a.org/folder/b.jpg', 3, 'no.jpg'], False),
    ('new', ['ann.json'], False),
    ('.', ['**/*.jpg'], False),
])
def test_folders_of_results(ann, folder, inputs, refused):
    if not refused:
        check_out_folder('--out-dir', folder, inputs)
        return
    with pytest.raises(SetupError, match='--out-dir: results would be'):
        check_out_folder('--out-dir', folder, inputs)


def test_tables_of_a_run(ann):
    check_own_table('new.csv', 'hoi_id')
    with pytest.raises(SetupError, match='begins with the column hoi_id'):
        check_own_table('ann.json', 'hoi_id')
    for text in 'hoi_id,hoi\n', '':
        ann.write_text(text, encoding='utf-8')
        check_own_table('ann.json', 'hoi_id')


def test_same_file(ann):
    assert same_file('folder/link/no.json', 'no.json')
    assert not same_file('no.json', 'ann.json')


def test_write_protected_files_are_refused(tmp_path, monkeypatch):
    path = tmp_path / 'a.json'
    path.touch()
    # Root may write to all files.
    monkeypatch.setattr(os, 'access', lambda path, mode: False)
    with pytest.raises(SetupError, match='--out .*write-protected'):
        check_place('--out', path)
