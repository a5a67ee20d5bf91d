# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.visualization.panels import join_panels


def picture(height, width, value):
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize('shape, number, columns, rows', [
    ((300, 400), 2, None, 1),
    ((300, 400), 3, 2, 2),
    ((300, 800), 3, None, 3),
])
def test_grid(shape, number, columns, rows):
    panels = [(f'panel {i}', picture(*shape, 100 + i)) for i in range(number)]
    joined = join_panels(panels, columns)
    in_a_row = -(-number // rows)
    assert joined.shape[0] % rows == 0 and joined.shape[1] % in_a_row == 0
    height, width = joined.shape[0] // rows, joined.shape[1] // in_a_row
    for i in range(number):
        top, left = i // in_a_row * height, i % in_a_row * width
        cell = joined[top:top + height, left:left + width]
        # The picture is below its caption and complete.
        top = height - shape[0]
        assert (cell[top:] == 100 + i).all(2).sum() == shape[0] * shape[1]
        assert (cell[:top] > 200).any()


def test_other_shapes_are_fitted_into_the_largest():
    joined = join_panels([('a', picture(96, 96, 90)),
                          ('b', picture(300, 400, 200))])
    left = joined[:, :joined.shape[1] // 2]
    # 300 x 300 in the middle of 300 x 400.
    columns = np.flatnonzero((left == 90).all(2).any(0))
    assert len(columns) == 300
    assert abs(columns.mean() - (left.shape[1] - 1) / 2) < 1
