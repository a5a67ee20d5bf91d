# Copyright (c) mmhoi contributors.
from argparse import ArgumentParser

import pytest

from mmhoi.utils.run_config import (add_run_arguments, load_config_file,
                                    load_run_config)


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """A function that turns the command line of a run into arguments."""
    monkeypatch.chdir(tmp_path)
    # So that it is put back: what a launcher sets is set by us otherwise.
    monkeypatch.setenv('LOCAL_RANK', '')
    monkeypatch.delenv('LOCAL_RANK')

    def parse(text, *args):
        (tmp_path / 'some_config.py').write_text(text)
        parser = ArgumentParser()
        parser.add_argument('config')
        add_run_arguments(parser)
        return parser.parse_args(['some_config.py', *args])

    return parse


@pytest.mark.parametrize('text, args, work_dir', [
    ('', [], './work_dirs/some_config'),
    ('work_dir = "own"', [], 'own'),
    ('work_dir = None', [], './work_dirs/some_config'),
    ('work_dir = "own"', ['--work-dir', 'given'], 'given'),
    ('work_dir = "own"', ['--cfg-options', 'work_dir=option'], 'option'),
])
def test_work_dir(parse, tmp_path, text, args, work_dir):
    assert load_run_config(parse(text, *args)).work_dir == work_dir
    assert (tmp_path / work_dir).is_dir()
    assert not list((tmp_path / work_dir).iterdir())


def test_options_and_launcher(parse):
    args = parse('model = dict(b=1, c=[1, 2])', '--cfg-options', 'model.b=2',
                 'model.c=[3,4]', '--launcher', 'pytorch')
    cfg = load_run_config(args)
    assert cfg.model == dict(b=2, c=[3, 4])
    assert cfg.launcher == 'pytorch'


def test_a_config_that_has_moved_is_named(tmp_path):
    moved = tmp_path / 'zero_shot' / 'a.py'
    moved.parent.mkdir()
    moved.touch()
    with pytest.raises(FileNotFoundError, match=f'a.py" .*; it is {moved}'):
        load_config_file(tmp_path / 'a.py')
