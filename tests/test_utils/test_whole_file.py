# Copyright (c) mmhoi contributors.
import errno

import pytest
from mmengine.fileio import dump

import mmhoi.checkpoints  # noqa: F401
from mmhoi.utils.error_lines import error_line
from mmhoi.utils.whole_file import write_whole


@pytest.mark.parametrize('error', [
    OSError(errno.ENOSPC, 'No space left on device'),
    RuntimeError('PytorchStreamWriter failed writing file data/0'),
    ValueError('Error while serializing: I/O error: File too large'),
])
def test_full_disk(tmp_path, error):
    path = tmp_path / 'a.pth'
    path.write_text('before')
    with pytest.raises(OSError) as found, write_whole(path) as draft:
        draft.write_text('half')
        raise error
    assert [p.name for p in tmp_path.iterdir()] == ['a.pth']
    assert path.read_text() == 'before'
    line = error_line(found.value)
    assert line.startswith(f'no space is left to write "{path}"')
    assert '--resume' in line


def test_other_errors_stay(tmp_path):
    with pytest.raises(
            ValueError, match='mine'), write_whole(tmp_path / 'a') as draft:
        draft.write_text('half')
        raise ValueError('mine')
    assert not list(tmp_path.iterdir())


def test_what_mmengine_writes_is_whole(tmp_path):
    path = tmp_path / 'a.json'
    dump([1], path)
    with pytest.raises(TypeError):
        dump(object(), path)
    assert path.read_text() == '[1]'
    assert [p.name for p in tmp_path.iterdir()] == ['a.json']
