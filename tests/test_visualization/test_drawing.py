# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.utils.fonts import load_font
from mmhoi.visualization.drawing import (draw_dot, draw_line, draw_text,
                                         text_size)

GREY, RED = 120, (255, 0, 0)


def canvas(height=60, width=200):
    return np.full((height, width, 3), GREY, np.uint8)


def changed(image):
    rows, columns = np.nonzero((image != GREY).any(2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize('width', [1, 2, 4, 9])
def test_line_is_centred_and_has_its_width(width):
    image = canvas()
    draw_line(image, np.array([[30., 30.], [170., 30.]]), RED, width)
    column = image[:, 100].astype(int)
    assert column[29:31, 0].max() > 180 and column[29:31, 1].max() < 10
    # Both edges are dark.
    rows = np.flatnonzero((column != GREY).any(1))
    assert width <= len(rows) <= 1.6 * width + 6
    assert (column[rows[0] + 1] < GREY).all() or width > 1
    assert abs(rows.mean() + 0.5 - 30) <= 1


def test_dashes_have_gaps_and_reach_both_ends():
    image = canvas()
    ends = np.array([[20., 30.], [180., 30.]])
    draw_line(image, ends, RED, 4, dash=12)
    red = (image[30] == RED).all(1)
    assert red[22] and red[177]
    assert 0.3 < red[20:180].mean() < 0.9
    solid = canvas()
    draw_line(solid, ends, RED, 4)
    assert (solid[30, 22:178] == RED).all()


def test_dashed_line_of_no_length():
    image = canvas()
    draw_line(image, np.full((2, 2), 40.), RED, 4, dash=12)
    assert (image != GREY).any()


def test_dot():
    image = canvas()
    draw_dot(image, np.array([50.5, 30.5]), RED, 6)
    assert (image[30, 50] == RED).all()
    assert changed(image)[0] in range(41, 45)


@pytest.mark.parametrize('text',
                         ['ride bicycle 0.87', 'two\nlines', 'Ärger é'])
def test_text_fits_its_size(text):
    font = load_font(16)
    width, height = text_size(text, font)
    image = canvas()
    draw_text(image, text, (10, 5), font, (0, 0, 0), RED, pad=3)
    assert changed(image) == (10, 5, 10 + width + 6, 5 + height + 6)
    # The letters themselves leave the pad free.
    letters = canvas()
    draw_text(letters, text, (10, 5), font, (0, 0, 0), pad=3)
    left, top, right, bottom = changed(letters)
    assert left >= 12 and right <= 10 + width + 4
    assert top >= 7 and bottom <= 5 + height + 5


def test_text_is_cut_off_at_the_image():
    image = canvas(10, 20)
    draw_text(image, 'ride bicycle', (4, 2), load_font(16), (0, 0, 0), RED)
    assert changed(image) == (4, 2, 20, 10)
