# Copyright (c) mmhoi contributors.
"""Cell arrays of MATLAB files with a great many cells, most of them empty.

SciPy spends tens of microseconds on each cell, which are minutes for the 5.8
million cells of HICO-DET. Here it writes one cell of each size; the others
are copies of its bytes with other numbers.
"""
import io
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Tuple

import numpy as np

from mmhoi.utils.whole_file import write_whole

VARIABLE = 'all_boxes'
NUM_COLUMNS = 9
# Places in a MAT-file of level 5: header of the file, length of the variable,
# its dimensions, and its first cell (behind flags, dimensions and name).
FILE_HEADER, LENGTH, DIMENSIONS, FIRST_CELL = 128, 132, 160, 192
TAG_BYTES = 8
COMPRESSED = 15


def write_cells(file: Path, rows: np.ndarray, places: np.ndarray,
                shape: Tuple[int, int]) -> None:
    """Write a compressed cell array `all_boxes` of tables of nine numbers.

    Args:
        file (Path): The file, for MATLAB 5 or later.
        rows (np.ndarray): Rows of all cells, float64, shape (M, 9).
        places (np.ndarray): 0-based row and column of the cell of each,
            shape (M, 2). The rows of a cell keep their order.
        shape (tuple[int, int]): Rows and columns of the cell array.
    """
    start, empty = _template(0)
    cells = [empty] * (shape[0] * shape[1])
    # MATLAB orders cells by column.
    keys = places[:, 1] * shape[0] + places[:, 0]
    order = np.argsort(keys, kind='stable')
    found, starts = np.unique(keys[order], return_index=True)
    for key, table in zip(found.tolist(), np.split(rows[order], starts[1:])):
        cells[key] = _template(len(table))[1] + table.tobytes('F')
    variable = bytearray(b''.join((start[FILE_HEADER:], *cells)))
    for place, values in ((LENGTH, [len(variable) - TAG_BYTES]), (DIMENSIONS,
                                                                  shape)):
        value = np.array(values, np.int32).tobytes()
        place -= FILE_HEADER
        variable[place:place + len(value)] = value
    packed = zlib.compress(variable)
    tag = np.array([COMPRESSED, len(packed)], np.int32).tobytes()
    with write_whole(file) as draft:
        draft.write_bytes(start[:FILE_HEADER] + tag + packed)


@lru_cache(maxsize=None)
def _template(num_rows: int) -> Tuple[bytes, bytes]:
    """What SciPy writes before the first cell, and that cell's beginning."""
    from scipy.io import savemat

    cells = np.empty((1, 1), dtype=object)
    cells[0, 0] = np.zeros((num_rows, NUM_COLUMNS if num_rows else 0))
    content = io.BytesIO()
    savemat(content, {VARIABLE: cells})
    end = content.tell() - cells[0, 0].nbytes
    return content.getvalue()[:FIRST_CELL], content.getvalue()[FIRST_CELL:end]
