# Copyright (c) mmhoi contributors.
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmhoi.evaluation.functional.grouped_argmax import grouped_argmax


@given(
    st.lists(st.integers(0, 3), max_size=7),
    st.lists(st.integers(0, 3), max_size=7), st.integers(0, 2**32 - 1))
def test_equals_argmax_over_the_rows_of_a_group(gt_keys, det_keys, seed):
    table = np.random.default_rng(seed).integers(0, 3,
                                                 (len(gt_keys), len(det_keys)))
    best, overlaps = grouped_argmax(
        np.array(gt_keys, int), np.array(det_keys, int),
        lambda gt, det: table[gt, det])
    for column, key in enumerate(det_keys):
        rows = np.flatnonzero(np.array(gt_keys, int) == key)
        if len(rows) == 0:
            assert best[column] == -1 and overlaps[column] == 0
            continue
        expected = rows[table[rows, column].argmax()]
        assert best[column] == expected
        assert overlaps[column] == table[expected, column]
