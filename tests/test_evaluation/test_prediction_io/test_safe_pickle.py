# Copyright (c) mmhoi contributors.
import pickle
import pickletools
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np
import pytest

from mmhoi.evaluation.prediction_io import safe_load

PLAIN = [
    dict(
        image_id=7,
        name='a.jpg',
        raw=b'\x00\xff',
        flags=(True, None, 2.5, 10**30),
        ids={1, 2},
        frozen=frozenset('ab'),
        ordered=OrderedDict(a=1)), []
]
ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.zeros((0, 4)),
    np.array([1, 2], '>i2'),
    np.array([True, False]),
    np.array(['ab', 'c']),
    np.array([b'ab', b'c']),
    np.float64(.25),
    np.int32(7),
    np.float16(.5),
]


def dump(path, value, protocol=pickle.HIGHEST_PROTOCOL):
    path.write_bytes(pickle.dumps(value, protocol))
    return path


@pytest.mark.parametrize('protocol', range(6))
def test_plain_data_is_read(tmp_path, protocol):
    assert safe_load(dump(tmp_path / 'a.pkl', PLAIN, protocol)) == PLAIN


@pytest.mark.parametrize('protocol', range(6))
def test_arrays_are_read(tmp_path, protocol):
    for read, given in zip(
            safe_load(dump(tmp_path / 'a.pkl', ARRAYS, protocol)), ARRAYS):
        assert isinstance(read, (np.ndarray, np.generic))
        assert read.dtype.newbyteorder('=') == given.dtype.newbyteorder('=')
        np.testing.assert_array_equal(read, given)
        # It can be computed with like any other.
        assert (read == given).all() and read[..., None].ndim == given.ndim + 1


def test_array_written_by_numpy_1_under_python_2(tmp_path):
    text = (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\n"
            b"tS'b'\ntR(I1\n(I2\ntcnumpy\ndtype\n(S'f4'\nI0\nI1\ntR(I3\n"
            b"S'<'\nNNNI-1\nI-1\nI0\ntbI00\nS'\\x00\\x00\\x80?\\x00\\x00"
            b"\\x00@'\ntb.")
    path = tmp_path / 'a.pkl'
    path.write_bytes(text)
    np.testing.assert_array_equal(safe_load(path), np.array([1, 2], 'f4'))


class Harm:
    """A pickle that would make a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (Path(self.path), )


@pytest.mark.parametrize('protocol', range(6))
def test_code_is_refused_and_not_run(tmp_path, protocol):
    harm = tmp_path / 'harm'
    path = dump(tmp_path / 'a.pkl', [1, Harm(str(harm))], protocol)
    with pytest.raises(ValueError, match=r'a\.pkl .* refers to .* refused'):
        safe_load(path)
    assert not harm.exists()


@pytest.mark.parametrize('text, name', [
    (b'cos\nsystem\n(S"true"\ntR.', r'os\.system'),
    (b'cbuiltins\neval\n(S"1"\ntR.', r'builtins\.eval'),
    (b'c__builtin__\ngetattr\n.', r'__builtin__\.getattr'),
    (b'cnumpy\nload\n.', r'numpy\.load'),
    (b'cnumpy\nndarray.tofile\n.', r'numpy\.ndarray\.tofile'),
])
def test_refused_global_is_named(tmp_path, text, name):
    path = tmp_path / 'a.pkl'
    path.write_bytes(text)
    with pytest.raises(ValueError, match=name):
        safe_load(path)


@pytest.mark.parametrize('value, message', [
    (np.array([1, None]), "dtype 'O8' are refused"),
    (np.zeros(2, 'i4,f4'), "dtype 'V8' are refused"),
    (np.array(['2020-01-01'], 'M8[s]'), "dtype 'M8' are refused"),
    (Counter('ab'), r'collections\.Counter'),
    (slice(3), r'builtins\.slice'),
])
def test_other_objects_are_refused(tmp_path, value, message):
    with pytest.raises(ValueError, match=message):
        safe_load(dump(tmp_path / 'a.pkl', value))


@pytest.mark.parametrize('protocol', range(6))
def test_truncated_file(tmp_path, protocol):
    text = pickle.dumps([PLAIN, ARRAYS], protocol)
    path = tmp_path / 'a.pkl'
    for size in range(0, len(text), 7):
        path.write_bytes(text[:size])
        with pytest.raises(ValueError, match=r'a\.pkl .*write it again'):
            safe_load(path)


def test_few_bytes_cannot_take_all_memory(tmp_path):
    path = tmp_path / 'a.pkl'
    # Memo entry number 2**32 - 1, for which pickle would make room.
    path.write_bytes(b'N' + b'r' + b'\xff' * 4 + b'.')
    pickletools.dis(path.read_bytes(), out=(tmp_path / 'dis').open('w'))
    with pytest.raises(ValueError, match='MemoryError'):
        safe_load(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        safe_load(tmp_path / 'a.pkl')
