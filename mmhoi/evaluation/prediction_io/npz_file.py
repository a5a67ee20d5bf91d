# Copyright (c) mmhoi contributors.
"""Files of plain arrays, also those of strangers."""
import zipfile
from pathlib import Path
from typing import Dict, Sequence

import numpy as np

from mmhoi.utils.npz_files import NpzFileError, read_npz
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
    try:
        arrays = read_npz(path, (*names, *optional))
    except NpzFileError as error:
        raise ValueError(
            f'{path} is not a complete .npz file of plain arrays ({error}); '
            'write it again with np.savez') from error
    missing = [name for name in names if name not in arrays]
    if missing:
        raise ValueError(f'{path} lacks the arrays {", ".join(missing)}; '
                         f'needed are {", ".join(names)}')
    return {
        name: numeric_array(array, f'{path}: {name}')
        for name, array in arrays.items()
    }


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
