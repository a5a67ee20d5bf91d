# Copyright (c) mmhoi contributors.
"""What `.ci/matrix.py` does before it fills environments."""
import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def load(monkeypatch):
    """Imports a module of `.ci/`."""
    monkeypatch.syspath_prepend(ROOT / '.ci')
    return importlib.import_module


def test_rows_of_a_base_follow_each_other(load):
    matrix = load('matrix')
    names = matrix.parse_args([]).only
    bases = [matrix.ROWS[name].base for name in names]
    assert sorted(names) == sorted(matrix.ROWS)
    assert sum(a != b for a, b in zip(bases, bases[1:])) == len(set(bases)) - 1


def test_quick_rows_need_no_other_interpreter(load):
    matrix = load('matrix')
    quick = matrix.parse_args(['--quick']).only
    assert 'upstream' in quick and len(quick) < len(matrix.ROWS)
    assert all(not matrix.ROWS[name].base.python for name in quick)


def test_unknown_row(load, capsys):
    with pytest.raises(SystemExit):
        load('matrix').parse_args(['--only', 'downstream'])
    assert "'downstream'" in capsys.readouterr().err


@pytest.mark.parametrize('printed, absent', [
    ('ERROR: No matching distribution found for mmdet==3.3.0', True),
    ('NewConnectionError: Temporary failure in name resolution', True),
    ('ERROR: Failed to build wheel', False),
])
def test_what_cannot_be_had_is_no_failure(load, printed, absent):
    environments = load('environments')
    script = f'import sys; print({printed!r}); sys.exit(1)'
    with pytest.raises(RuntimeError, match=re.escape(printed)) as caught:
        environments.run([sys.executable, '-c', script, 'pip'])
    assert isinstance(caught.value, environments.NotToBeHad) == absent


def test_a_row_that_is_not_tried_is_told(load, monkeypatch, capsys, tmp_path):
    matrix = load('matrix')
    environments = load('environments')

    def fail(*_):
        raise environments.NotToBeHad('no python3.13')

    monkeypatch.setattr(matrix, 'make_row', fail)
    monkeypatch.setattr(matrix, 'build_wheel', lambda *_: tmp_path)
    options = ['matrix', '--only', 'both', '--folder', str(tmp_path)]
    for more, status in ([], 0), (['--strict'], 1):
        monkeypatch.setattr(sys, 'argv', options + more)
        assert matrix.main() == status
        printed = capsys.readouterr().out
        assert '| not tried |' in printed and 'both: no python3.13' in printed


def test_a_shelf_lacks_what_rows_have(load, monkeypatch, tmp_path):
    environments = load('environments')
    for name in ('torch', 'mmdet', 'a.pth'):
        (tmp_path / 'base' / name).mkdir(parents=True)
    place = str(tmp_path / 'base')
    monkeypatch.setattr(
        environments, 'contents', lambda _: [
            ['torch', '2.9', place, ['..', '__pycache__', 'torch', 'a.pth']],
            ['onedl_mmdetection', '3.5', place, ['mmdet']],
        ])
    shelf = tmp_path / 'shelf'
    environments.make_shelf(shelf, tmp_path, environments.OWN)
    assert {path.name for path in shelf.iterdir()} == {'torch', 'a.pth'}
    assert (shelf / 'torch').resolve() == tmp_path / 'base' / 'torch'


def test_the_page_has_the_rows(load):
    page = (ROOT / 'docs/en/notes/dependencies.md').read_text()
    rows = re.findall(r'^\| `([\w.-]+)` \|', page, re.M)
    assert rows == list(load('matrix').ROWS)
