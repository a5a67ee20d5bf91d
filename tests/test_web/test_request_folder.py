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


def test_empty_folders_go(tmp_path):
    """Each file that is sent has a folder of its own."""
    make_file(tmp_path / 'a' / 'old', 100)
    make_file(tmp_path / 'b' / 'new')
    remove_old_files(tmp_path, 75)
    assert (tmp_path / 'a').is_dir()
    os.utime(tmp_path / 'a', (time.time() - 100, ) * 2)
    remove_old_files(tmp_path, 75)
    assert [p.name for p in tmp_path.iterdir()] == ['b']


def test_links_are_not_followed(tmp_path):
    outside = make_file(tmp_path / 'outside' / 'a', 100)
    inside = tmp_path / 'inside'
    inside.mkdir()
    (inside / 'folder').symlink_to(outside.parent)
    (inside / 'file').symlink_to(outside)
    remove_old_files(inside, 75)
    assert outside.exists()
    with RequestFolder(60) as folder:
        Path(folder.path, 'link').symlink_to(outside)
        assert not folder.has(f'{folder.path}/link')
        assert not folder.has(f'{folder.path}/../{outside}')
        assert not folder.has('a\0b') and not folder.has(folder.path)
        assert folder.has(make_file(Path(folder.path, 'a')))


@pytest.mark.parametrize('num_bytes, left', [(0, 3), (40, 3), (41, 2),
                                             (100, 0), (10**6, 0)])
def test_oldest_files_make_room(num_bytes, left):
    with RequestFolder(60, max_bytes=100) as folder:
        example = make_file(Path(folder.path, 'example'))
        example.write_bytes(bytes(500))
        folder.start()
        for age in (1, 2, 3):
            path = make_file(Path(folder.path, f'{age}'))
            path.write_bytes(bytes(20))
            os.utime(path, (time.time() - age, ) * 2)
        folder.make_room(num_bytes)
        names = sorted(p.name for p in Path(folder.path).iterdir())
        assert names == ['1', '2', '3'][:left] + ['example']


def test_number_of_files(monkeypatch):
    monkeypatch.setattr('web.request_folder.MOST_FILES', 3)
    with RequestFolder(60) as folder:
        for age in range(5):
            make_file(Path(folder.path, f'{age}'), age)
        folder.make_room(0)
        assert sorted(p.name
                      for p in Path(folder.path).iterdir()) == ['0', '1']


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
        end = time.time() + 60
        while file.exists() and time.time() < end:
            time.sleep(0.02)
        assert not file.exists() and kept.exists()
