# Copyright (c) mmhoi contributors.
import os
import stat
import time
from pathlib import Path

import pytest
from web import RequestFolder, remove_old_files


def make_file(path, age=0):
    path.parent.mkdir(exist_ok=True)
    path.write_text('')
    os.utime(path, (time.time() - age, ) * 2)
    return path


def test_remove_old_files(tmp_path):
    old = make_file(tmp_path / 'a' / 'old', 100)
    kept = make_file(tmp_path / 'kept', 100)
    new = make_file(tmp_path / 'a' / 'new', 50)
    remove_old_files(tmp_path, 75, {str(kept)})
    assert [p.exists() for p in (old, kept, new)] == [False, True, True]


def test_folder_is_private_and_goes():
    with RequestFolder(60) as folder:
        path = Path(folder.path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        make_file(path / 'a')
    assert not path.exists()


def test_goes_after_an_error():
    with pytest.raises(KeyError), RequestFolder(60) as folder:
        folder.start()
        raise KeyError
    assert not Path(folder.path).exists()


def test_files_of_requests_go():
    with RequestFolder(0.2) as folder:
        kept = make_file(Path(folder.path, 'example'), 100)
        folder.start()
        file = make_file(Path(folder.path, 'request'))
        end = time.time() + 10
        while file.exists() and time.time() < end:
            time.sleep(0.02)
        assert not file.exists() and kept.exists()
