# Copyright (c) mmhoi contributors.
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mmhoi.evaluation.functional.row_groups import group_rows


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)),
        max_size=12))
def test_equals_a_dictionary(rows):
    table = np.array(rows, float).reshape(-1, 3)
    groups, first = group_rows(table[:, 0], table[:, 1:])
    numbers = {}
    expected = [numbers.setdefault(row, len(numbers)) for row in rows]
    assert groups.tolist() == expected
    assert first.tolist() == [rows.index(row) for row in numbers]
