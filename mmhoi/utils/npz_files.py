# Copyright (c) mmhoi contributors.
"""The one reader of .npz files, also those of strangers."""
import sys
from pathlib import Path
from typing import Collection, Dict, Optional, Union

import numpy as np

from .memory_limit import memory_limit


class NpzFileError(ValueError):
    """A file is no .npz of plain arrays; the message says why."""


def read_npz(path: Union[str, Path],
             names: Optional[Collection[str]] = None) -> Dict[str, np.ndarray]:
    """Read the arrays of an .npz file; nothing is unpickled.

    Args:
        path (str | Path): The file.
        names (Collection[str], optional): Those that are wanted. Defaults to
            None: all.

    Returns:
        dict[str, np.ndarray]: Those of them that the file has.

    Raises:
        FileNotFoundError: If there is no such file.
        NpzFileError: If it is damaged or something else; the message lacks
            the name of the file. Its cause is a MemoryError if the memory
            does not hold the arrays.
    """
    path = Path(path)
    size = path.stat().st_size
    try:
        # NumPy leaves a file open that it opened itself and found damaged.
        with memory_limit(size), path.open('rb') as file:
            loaded = np.load(file, allow_pickle=False)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                raise ValueError('it holds one array, not several')
            wanted = loaded.files if names is None else names
            arrays = {x: loaded[x] for x in wanted if x in loaded.files}
            for name, array in arrays.items():
                _check(name, array)
    # Malformed bytes make zipfile, zlib and NumPy raise nearly anything.
    except Exception as error:
        raise NpzFileError(f'{type(error).__name__}: {error}') from error
    return arrays


def _check(name: str, array: object) -> None:
    """What is damaged must fail here, not where it is used."""
    if not isinstance(array, np.ndarray):
        raise ValueError(f'{name} is no array')
    if array.dtype.kind == 'U' and array.size:
        text = np.atleast_1d(array).astype(array.dtype.newbyteorder('='))
        if text.view(np.uint32).max() > sys.maxunicode:
            raise ValueError(f'{name} has damaged text')
