# Copyright (c) mmhoi contributors.
import zipfile

import numpy as np
import pytest

from mmhoi.utils.npz_files import NpzFileError, read_npz


@pytest.fixture
def path(tmp_path):
    np.savez_compressed(tmp_path / 'a.npz', x=np.arange(500), y=['a', 'b'])
    return tmp_path / 'a.npz'


def test_arrays(path):
    assert read_npz(path)['y'].tolist() == ['a', 'b']
    assert list(read_npz(path, ['x', 'z'])) == ['x']


def replace(path, name, content):
    with zipfile.ZipFile(path) as file:
        parts = {x: file.read(x) for x in file.namelist()}
    with zipfile.ZipFile(path, 'w') as file:
        for part, old in parts.items():
            file.writestr(part, content(old) if part == name else old)


@pytest.mark.parametrize('damage', [
    lambda path: path.write_bytes(path.read_bytes()[:-30]),
    lambda path: path.write_bytes(path.read_bytes()[:200]),
    lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(path.read_bytes().replace(b'x.npy', b'x')),
    lambda path: path.write_bytes(path.read_bytes()[:150] + bytes(40) + path.
                                  read_bytes()[190:]),
    lambda path: np.savez(path, x=np.array([object()])),
    lambda path: np.save(path.open('wb'), np.ones(3)),
    lambda path: replace(path, 'y.npy', lambda old: old[:-4] + b'\xff' * 4),
    lambda path: replace(path, 'x.npy', lambda old: b'no array'), lambda path:
    replace(path, 'x.npy', lambda old: old.replace(b'(500,)', b'(9**9,'))
])
def test_damaged(path, damage):
    damage(path)
    with pytest.raises(NpzFileError):
        read_npz(path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / 'none.npz')
