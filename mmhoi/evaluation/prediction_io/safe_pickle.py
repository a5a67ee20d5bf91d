# Copyright (c) mmhoi contributors.
"""Pickles of plain data, read without running what else they may hold."""
import functools
import mmap
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, Callable, Union

import numpy as np

from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm

PLAIN_KINDS = 'biufcSU'


class _DType:
    """Stands for `numpy.dtype`, whose own state could be malformed."""

    def __init__(self, spec: Union[str, bytes], *_: Any) -> None:
        self.dtype = np.dtype(spec if isinstance(spec, str) else spec.decode())
        if self.dtype.kind not in PLAIN_KINDS:
            raise pickle.UnpicklingError(
                f'arrays of dtype {spec!r} are refused; allowed are plain '
                'numbers and strings')

    def __setstate__(self, state: tuple) -> None:
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array(np.ndarray):
    """Stands for `numpy.ndarray` while a pickle fills it."""

    def __new__(cls, *_: Any) -> '_Array':
        return super().__new__(cls, (0, ))

    def __setstate__(self, state: tuple) -> None:
        version, shape, dtype, is_fortran, data = state
        super().__setstate__((version, shape, dtype.dtype, is_fortran, data))


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _frombuffer(buffer: bytes, dtype: _DType, shape: tuple,
                order: str) -> np.ndarray:
    return np.frombuffer(buffer, dtype.dtype).reshape(shape, order=order)


def _scalar(dtype: _DType, data: Union[str, bytes]) -> np.generic:
    # Pickles of Python 2 hold the bytes as a string.
    data = data.encode('latin1') if isinstance(data, str) else data
    return np.frombuffer(data, dtype.dtype)[0]


def _encode(text: str, encoding: str) -> bytes:
    """How pickles for Python 2 write bytes."""
    if encoding != 'latin1':
        raise pickle.UnpicklingError(f'encoding {encoding!r} is refused')
    return text.encode(encoding)


def _no_bytes() -> bytes:
    """How pickles for Python 2 write bytes of length 0."""
    return b''


ALLOWED = {
    'numpy.dtype': _DType,
    'numpy.ndarray': _Array,
    # The module has another name from NumPy 2 on.
    'numpy.core.multiarray._reconstruct': _reconstruct,
    'numpy._core.multiarray._reconstruct': _reconstruct,
    'numpy.core.multiarray.scalar': _scalar,
    'numpy._core.multiarray.scalar': _scalar,
    'numpy.core.numeric._frombuffer': _frombuffer,
    'numpy._core.numeric._frombuffer': _frombuffer,
    '_codecs.encode': _encode,
    'collections.OrderedDict': OrderedDict,
    'builtins.set': set,
    'builtins.frozenset': frozenset,
    # Python 2
    '__builtin__.bytes': _no_bytes,
    '__builtin__.set': set,
    '__builtin__.frozenset': frozenset,
}


class _PlainUnpickler(pickle.Unpickler):

    def find_class(self, module: str, name: str) -> Callable:
        found = ALLOWED.get(f'{module}.{name}')
        if found is None:
            raise pickle.UnpicklingError(
                f'it refers to {module}.{name}, which is refused: only plain '
                'containers, strings, numbers and NumPy arrays are read, '
                'because anything else could run code')
        # A malformed pickle could set attributes of a bare function.
        return found if isinstance(found, type) else functools.partial(found)


def safe_load(path: Union[str, Path]) -> Any:
    """Read a pickle of containers, strings, numbers and NumPy arrays.

    No other object is ever made, so that the file need not be trusted.
    Pickles of Python 2 are read too.

    Args:
        path (str or Path): The file.

    Returns:
        Any: What was pickled. Arrays may be of a subclass of `np.ndarray`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not a whole pickle or refers to anything else.
    """
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        raise ValueError(f'{path} is empty; write it again')
    with path.open('rb') as file, mmap.mmap(
            file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            with memory_limit(size), tqdm.wrapattr(
                    content, 'read', total=size, desc=path.name,
                    delay=1) as source:
                return _PlainUnpickler(source, encoding='latin1').load()
        # Malformed bytes make the unpickler raise nearly anything.
        except Exception as error:
            raise ValueError(
                f'{path} cannot be read as a pickle of plain data '
                f'({type(error).__name__}: {error}); if it is incomplete, '
                'write it again, otherwise save plain lists, dicts and NumPy '
                'arrays, or use another format') from error
