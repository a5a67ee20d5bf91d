# Copyright (c) mmhoi contributors.
import errno
import fcntl
import os
import subprocess
import sys

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


def write(path, content=b'new'):
    with write_whole(path) as draft:
        draft.write_bytes(content)


def test_long_names(tmp_path):
    path = tmp_path / ('人' * 83 + '.json')
    assert len(os.fsencode(path.name)) == 254
    write(path)
    assert path.read_bytes() == b'new'


def test_links_stay_links(tmp_path):
    (tmp_path / 'a').write_bytes(b'old')
    for name, target in ('link', 'a'), ('new', 'b'):
        (tmp_path / name).symlink_to(target)
        write(tmp_path / name)
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / target).read_bytes() == b'new'


def test_hard_links_keep_their_content(tmp_path):
    (tmp_path / 'a').write_bytes(b'old')
    os.link(tmp_path / 'a', tmp_path / 'b')
    write(tmp_path / 'b')
    assert (tmp_path / 'a').read_bytes() == b'old'


def test_folders_and_protected_files(tmp_path, monkeypatch):
    with pytest.raises(IsADirectoryError, match='it is a folder'):
        write(tmp_path)
    (tmp_path / 'a').write_bytes(b'old')
    # Root may write to all files.
    monkeypatch.setattr(os, 'access', lambda path, mode: False)
    with pytest.raises(PermissionError, match='write-protected'):
        write(tmp_path / 'a')
    assert os.listdir(tmp_path) == ['a']


def test_what_is_no_file(tmp_path):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe)
    assert os.read(reader, 9) == b'new'
    os.close(reader)


def test_drafts_of_the_dead_are_removed(tmp_path):
    """What a killed process has left; not what a living one writes."""
    old = os.stat(tmp_path).st_mtime - 100
    dead, alive = (
        tmp_path / f'a.{name}.unfinished' for name in ('dead', 'alive'))
    others = [tmp_path / name for name in ('b.x.unfinished', 'a.unfinished')]
    for path in dead, alive, *others:
        path.write_bytes(b'half')
        os.utime(path, (old, old))
    (tmp_path / 'a.young.unfinished').write_bytes(b'half')
    with alive.open('rb') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(tmp_path / 'a')
    assert sorted(os.listdir(tmp_path)) == [
        'a', 'a.alive.unfinished', 'a.unfinished', 'a.young.unfinished',
        'b.x.unfinished'
    ]


def test_a_killed_process_leaves_nothing_for_long(tmp_path):
    path = tmp_path / 'a'
    code = ('import os, signal; from pathlib import Path\n'
            'from mmhoi.utils.whole_file import write_whole\n'
            f'with write_whole(Path({str(path)!r})) as draft:\n'
            '    draft.write_bytes(b"half")\n'
            '    os.kill(os.getpid(), signal.SIGKILL)')
    subprocess.run([sys.executable, '-c', code], check=False)
    draft, = tmp_path.iterdir()
    os.utime(draft, (0, 0))
    with write_whole(path) as own:
        # A second writer of the same file leaves the first one alone.
        os.utime(own, (0, 0))
        write(path)
        own.write_bytes(b'newer')
    assert path.read_bytes() == b'newer' and len(os.listdir(tmp_path)) == 1
