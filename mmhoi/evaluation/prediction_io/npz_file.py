# Copyright (c) mmhoi contributors.
"""Files of plain arrays, also those of strangers."""
import zipfile
from pathlib import Path
from typing import Dict, Sequence

import numpy as np

from mmhoi.utils.memory_limit import memory_limit
from .image_records import numeric_array


def load_arrays(path: Path, names: Sequence[str],
                optional: Sequence[str]) -> Dict[str, np.ndarray]:
    """Load arrays of numbers from an .npz file; nothing is unpickled.

    Args:
        path (Path): The file.
        names (Sequence[str]): Arrays that it must have.
        optional (Sequence[str]): Arrays that it may have.

    Returns:
        dict[str, np.ndarray]: Those that it has, of integers or floats.

    Raises:
        ValueError: If the file is no .npz file or lacks an array.
    """
    size = path.stat().st_size
    try:
        with memory_limit(size):
            arrays = _load_npz(path, (*names, *optional))
    # Malformed bytes make zipfile, zlib and NumPy raise nearly anything.
    except Exception as error:
        raise ValueError(
            f'{path} is not a complete .npz file of plain arrays '
            f'({type(error).__name__}: {error}); write it again with '
            'np.savez') from error
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f'{path} lacks the arrays {", ".join(missing)}; '
                         f'needed are {", ".join(names)}')
    return {
        name: numeric_array(array, f'{path}: {name}')
        for name, array in arrays.items()
    }


def _load_npz(path: Path, names: Sequence[str]) -> Dict[str, np.ndarray]:
    """Those of the arrays that the file has."""
    # NumPy leaves a file open that it opened itself and found damaged.
    with path.open('rb') as file:
        loaded = np.load(file, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise ValueError('it holds one array, not several')
        return {name: loaded[name] for name in names if name in loaded}


def names_in_npz(path: Path) -> Sequence[str]:
    """Names of the arrays of an .npz file, without reading them.

    Args:
        path (Path): The file.

    Returns:
        Sequence[str]: The names, none if it is no .npz file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix('.npy') for name in archive.namelist()]
    # A damaged file: who reads its arrays will say so.
    except Exception:
        return []
