# Copyright (c) mmhoi contributors.
import importlib.util
import shutil
import sys
from itertools import count
from pathlib import Path

import line_run
import pytest
from killed_run import RANDOM, StopHook
from mmengine.registry import HOOKS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Path of a runnable config in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    # mmengine keeps loggers and more by the name of the config.
    path = tmp_path / f'{tmp_path.name}.py'
    path.write_text(line_run.CONFIG)
    return path


@pytest.fixture
def run_tool(monkeypatch):
    """A function that runs tools/<name>.py in this process."""

    def run(name, *args):
        path = ROOT / 'tools' / f'{name}.py'
        spec = importlib.util.spec_from_file_location(f'tool_{name}', path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(sys, 'argv', [str(path), *map(str, args)])
        # So that it is put back after a tool that sets it.
        monkeypatch.setenv('LOCAL_RANK', '')
        monkeypatch.delenv('LOCAL_RANK')
        return module.main()

    return run


@pytest.fixture
def fail_tool(run_tool, capsys):
    """The same for a tool that must stop; returns what it says on stderr."""

    def fail(name, *args):
        try:
            status = run_tool(name, *args)
        except SystemExit as stop:  # of argparse
            status = stop.code
        assert status not in (0, None)
        return capsys.readouterr().err

    return fail


@pytest.fixture
def train(config, run_tool):
    """A function that trains a config into a work dir."""
    # At this time: pytest imports the module once more, for its doctests, and
    # its exception would be another one.
    HOOKS.register_module(module=StopHook, force=True)
    numbers = count()

    def train(work_dir, *options, args=()):
        # mmengine shares parts of runs of one name in one second.
        own = config.with_name(f'run{next(numbers)}_{config.name}')
        shutil.copy(config, own)
        status = run_tool('train', own, '--work-dir', work_dir, *args,
                          '--cfg-options', *RANDOM, *options)
        assert not status

    return train
