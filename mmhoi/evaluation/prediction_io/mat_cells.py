# Copyright (c) mmhoi contributors.
"""Cell arrays of MATLAB files, read in a process of their own.

SciPy's reader may crash on a damaged file, which would take the program with
it.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator, List, NamedTuple, Sequence

import numpy as np

from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm
from .mat_writing import VARIABLE
from .npz_file import load_arrays

PROGRAM = f'from {__name__} import main; main()'


class CellTable(NamedTuple):
    """Rows of all cells of a cell array, cell after cell.

    Attributes:
        shape (np.ndarray): Rows and columns of cells, shape (2, ).
        places (np.ndarray): 0-based row and column of the cell, shape (M, 2).
        rows (np.ndarray): Nine numbers each, float64, shape (M, 9).
    """
    shape: np.ndarray
    places: np.ndarray
    rows: np.ndarray


def load_cell_tables(files: Sequence[Path]) -> Iterator[CellTable]:
    """Read the cell array `all_boxes` of several files.

    Args:
        files (Sequence[Path]): MATLAB files up to version 7.

    Yields:
        CellTable: Content of each file.

    Raises:
        ValueError: If a file cannot be read or holds something else.
    """
    with tempfile.TemporaryDirectory() as folder:
        _run(files, folder)
        for number in range(len(files)):
            arrays = load_arrays(
                Path(folder, f'{number}.npz'), CellTable._fields, [])
            yield CellTable(**arrays)


def _run(files: Sequence[Path], folder: str) -> None:
    """Let another process read all files; ValueError if it fails."""
    command = [sys.executable, '-c', PROGRAM, folder, *map(str, files)]
    environment = dict(
        os.environ, PYTHONPATH=os.pathsep.join(sys.path), PYTHONUTF8='1')
    file = ''
    with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding='utf-8',
            errors='backslashreplace',
            env=environment) as process:
        for line in tqdm(
                process.stdout, total=len(files), unit=' files', delay=2):
            file = line.strip()
        errors = process.stderr.read().strip()
    if process.returncode == 1 and errors:
        raise ValueError(errors.splitlines()[-1])
    if process.returncode != 0:
        raise ValueError(
            f'{file} makes SciPy crash (exit status {process.returncode}); it '
            'is damaged, write it again')


def main() -> None:
    """Read files and save their cells; what the other process does."""
    folder, *files = sys.argv[1:]
    for number, file in enumerate(files):
        print(file, flush=True)
        try:
            table = load_cell_table(Path(file))
        except ValueError as error:
            sys.exit(str(error).replace('\n', ' '))
        np.savez(Path(folder, f'{number}.npz'), **table._asdict())


def load_cell_table(file: Path) -> CellTable:
    """Read the cell array `all_boxes` of a file in this process.

    Args:
        file (Path): MATLAB file up to version 7.

    Returns:
        CellTable: Its content.

    Raises:
        ValueError: If it cannot be read or holds something else.
    """
    cells = _load_cells(file)
    filled = [(index, cell) for index, cell in np.ndenumerate(cells)
              if not isinstance(cell, np.ndarray) or cell.size]
    for (row, column), cell in filled:
        if not _is_table(cell):
            raise ValueError(
                f'{file}: {VARIABLE}{{{row + 1}, {column + 1}}} is '
                f'{getattr(cell, "dtype", type(cell).__name__)} of shape '
                f'{getattr(cell, "shape", "unknown")}; a cell must hold rows '
                'of 9 numbers: human box, object box, score')
    counts = [len(cell) for _, cell in filled]
    places = np.array([index for index, _ in filled], int).reshape(-1, 2)
    return CellTable(
        np.array(cells.shape), places.repeat(counts, axis=0),
        _stack([cell for _, cell in filled]))


def _load_cells(file: Path) -> np.ndarray:
    """The cell array of a file, 2-dimensional."""
    from scipy.io import loadmat

    try:
        with memory_limit(file.stat().st_size):
            content = loadmat(file, variable_names=[VARIABLE])
    except NotImplementedError as error:
        raise ValueError(f'{file} is a MATLAB 7.3 file, which SciPy cannot '
                         "read; save it with '-v7'") from error
    # Malformed bytes make SciPy raise nearly anything.
    except Exception as error:
        raise ValueError(
            f'{file} cannot be read as a MATLAB file '
            f'({type(error).__name__}: {error}); if it is incomplete, write '
            'it again') from error
    cells = content.get(VARIABLE)
    if (not isinstance(cells, np.ndarray) or cells.dtype != object
            or cells.ndim != 2):
        raise ValueError(f'{file} has no cell array named {VARIABLE}')
    return cells


def _is_table(cell: object) -> bool:
    """Whether a cell holds rows of nine numbers."""
    return (isinstance(cell, np.ndarray) and cell.dtype.kind in 'iuf'
            and cell.ndim == 2 and cell.shape[1] == 9)


def _stack(cells: List[np.ndarray]) -> np.ndarray:
    """Rows of all cells, float64, shape (M, 9)."""
    return np.concatenate([np.zeros((0, 9)), *cells])
