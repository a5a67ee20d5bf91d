# Copyright (c) mmhoi contributors.
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import Registry
from torch.utils.data import DataLoader, Dataset

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.setup_error import SetupError

ROOT = Path(__file__).resolve().parents[2]
THINGS = Registry('thing')


@THINGS.register_module()
class Thing:

    def __init__(self):
        raise SetupError('thing=1 must be 2')


class Damaged(Dataset):

    def __len__(self):
        return 1

    def __getitem__(self, index):
        raise SetupError('a.json: "boxes" is empty; add one')


def own():
    raise KeyError('a.json lacks "hois"')


def of_mmhoi():
    load_config_file('configs/no.py')


def chained():
    try:
        int('x')
    except ValueError as error:
        raise SetupError('a.json: x is no number') from error


def in_registry():
    THINGS.build(dict(type='Thing'))


def in_worker():
    # PyTorch installs one of its own.
    before = signal.getsignal(signal.SIGCHLD)
    try:
        next(iter(DataLoader(Damaged(), num_workers=1)))
    finally:
        signal.signal(signal.SIGCHLD, before)


def in_library():
    np.concatenate([])


def fault():
    return dict()['key']


def of_system():
    open('/no/such')


def without_text():
    raise ValueError


def no_package():
    import a_package_that_nobody_has  # noqa: F401


@pytest.mark.parametrize('function, expected', [
    (own, 'a.json lacks "hois"'),
    (of_mmhoi, 'config file "configs/no.py" does not exist'),
    (chained, 'a.json: x is no number'),
    (in_registry, 'thing=1 must be 2'),
    (in_worker, 'a.json: "boxes" is empty; add one'),
    (of_system, "[Errno 2] No such file or directory: '/no/such'"),
    (without_text, 'ValueError'),
    (no_package, "No module named 'a_package_that_nobody_has'; "
     'pip install -r more.txt'),
])
def test_messages(capsys, function, expected):

    def main():
        function()

    assert one_line_errors(requirements='more.txt')(main)() == 1
    assert capsys.readouterr().err == f'error: {expected}\n'


@pytest.mark.parametrize('function, expected', [
    (in_library, 'ValueError: need at least one array to concatenate'),
    (fault, 'KeyError: key'),
])
def test_what_nobody_foresaw(capsys, monkeypatch, function, expected):
    """One line, too, but it says where; more if it is asked for."""

    @one_line_errors
    def main():
        function()

    assert main() == 1
    line, = capsys.readouterr().err.splitlines()
    assert line.startswith(f'error: {expected} (in ')
    assert 'test_one_line_errors.py:' in line
    monkeypatch.setenv('MMHOI_TRACEBACK', '1')
    assert main() == 1
    assert 'Traceback' in capsys.readouterr().err


def test_memory(capsys):

    @one_line_errors
    def main(error):
        raise error

    assert main(MemoryError()) == main(torch.OutOfMemoryError('CUDA')) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert 'not enough memory' in first and 'smaller batch' in second


@pytest.mark.parametrize('returned, status', [(None, 0), (0, 0), (3, 3)])
def test_status(returned, status):
    assert one_line_errors(lambda: returned)() == status


def test_interrupted(capsys):

    @one_line_errors(interrupted='stopped; --resume goes on')
    def main():
        raise KeyboardInterrupt

    assert main() == 130
    assert capsys.readouterr().err == 'stopped; --resume goes on\n'


PROGRAM = """
import sys
from mmhoi.utils.one_line_errors import one_line_errors
@one_line_errors
def main():
    for _ in range(100000):
        print('a line')
sys.exit(main())
"""


def test_reader_that_has_gone():
    """As with `| head -1`."""
    with subprocess.Popen([sys.executable, '-c', PROGRAM],
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b'a line\n'
        process.stdout.close()
        assert process.stderr.read() == b''
        assert process.wait() == 141


def test_broken_pipe_elsewhere(capsys):
    """That of a worker is an error as others are."""

    @one_line_errors
    def main():
        raise BrokenPipeError(32, 'Broken pipe')

    assert main() == 1
    assert 'Broken pipe' in capsys.readouterr().err


def test_every_program_ends_so():
    programs = [
        path for folder in ('tools', 'demo', 'projects')
        for path in (ROOT / folder).rglob('*.py')
        if '\ndef main(' in path.read_text(encoding='utf-8')
    ]
    assert len(programs) > 20
    for path in programs:
        assert re.search(r'@one_line_errors(\([^@]*\))?\ndef main\(',
                         path.read_text(encoding='utf-8')), path
