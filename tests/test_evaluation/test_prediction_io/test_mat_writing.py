# Copyright (c) mmhoi contributors.
import zlib

import numpy as np
import pytest
from scipy.io import savemat

from mmhoi.evaluation.prediction_io.mat_writing import VARIABLE, write_cells


def variable_bytes(file):
    """Decompressed bytes behind the header, which holds the time."""
    content = file.read_bytes()
    kind, size = np.frombuffer(content[128:136], np.int32)
    assert (kind, size) == (15, len(content) - 136)
    return zlib.decompress(content[136:])


@pytest.mark.parametrize('shape', [(1, 1), (3, 4), (2, 1), (4, 300)])
def test_the_bytes_are_those_of_scipy(tmp_path, shape):
    rng = np.random.RandomState(0)
    num = 3 * shape[0]
    places = np.column_stack([rng.randint(size, size=num) for size in shape])
    rows = rng.rand(num, 9)
    cells = np.empty(shape, dtype=object)
    cells.fill(np.zeros((0, 0)))
    for place in {*map(tuple, places.tolist())}:
        cells[place] = rows[(places == place).all(1)]
    write_cells(tmp_path / 'a.mat', rows, places, shape)
    savemat(tmp_path / 'b.mat', {VARIABLE: cells}, do_compression=True)
    assert variable_bytes(tmp_path / 'a.mat') == variable_bytes(tmp_path /
                                                                'b.mat')


def test_without_any_row(tmp_path):
    write_cells(tmp_path / 'a.mat', np.zeros((0, 9)), np.zeros((0, 2), int),
                (2, 3))
    cells = np.empty((2, 3), dtype=object)
    cells.fill(np.zeros((0, 0)))
    savemat(tmp_path / 'b.mat', {VARIABLE: cells}, do_compression=True)
    assert variable_bytes(tmp_path / 'a.mat') == variable_bytes(tmp_path /
                                                                'b.mat')
