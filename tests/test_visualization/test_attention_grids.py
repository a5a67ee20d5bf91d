# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from torch import nn

from mmhoi.datasets.transforms import CLIPView, DETRResize
from mmhoi.visualization.attention_grids import (CellGrid, clip_grid,
                                                 memory_grid,
                                                 spread_over_pixels)


def one_hot(shape, row, column):
    weights = np.zeros(shape)
    weights[row, column] = 1
    return weights


def peak(pixels):
    """Centre (x, y) of the pixels with the largest weight."""
    ys, xs = np.nonzero(pixels == np.nanmax(pixels))
    return xs.mean() + 0.5, ys.mean() + 0.5


@pytest.mark.parametrize('size', [(160, 192), (150, 97)])
def test_cells_lie_where_convolutions_look(size):
    # The layers of a ResNet that change the size, stride 16.
    layers = [
        nn.Conv2d(1, 1, 7, 2, 3),
        nn.AvgPool2d(3, 2, 1),
        nn.Conv2d(1, 1, 3, 2, 1),
        nn.Conv2d(1, 1, 3, 2, 1)
    ]
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    image = torch.zeros(1, 1, *size, requires_grad=True)
    memory = nn.Sequential(*layers)(image)
    shape = tuple(memory.shape[-2:])
    grid = memory_grid(size, size, size, shape)
    assert (len(grid.ys), len(grid.xs)) == shape
    for row, column in ((2, 3), (4, 2)):
        weights, = torch.autograd.grad(
            memory[0, 0, row, column], image, retain_graph=True)
        weights = weights[0, 0] / weights.sum()
        center_x = (weights.sum(0) * (torch.arange(size[1]) + 0.5)).sum()
        center_y = (weights.sum(1) * (torch.arange(size[0]) + 0.5)).sum()
        assert grid.xs[column] == pytest.approx(float(center_x), abs=1e-3)
        assert grid.ys[row] == pytest.approx(float(center_y), abs=1e-3)


@pytest.mark.parametrize('ori_shape', [(300, 400), (400, 300)])
def test_memory_peak(ori_shape):
    # Twice as large for the detector, padded to 1024 x 896, stride 32.
    img_shape = tuple(2 * side for side in ori_shape)
    grid = memory_grid(ori_shape, img_shape, (1024, 896), (32, 28))
    for row, column in ((0, 0), (3, 10), (17, 5)):
        pixels = spread_over_pixels(
            one_hot((32, 28), row, column), grid, ori_shape)
        assert pixels.shape == ori_shape and not np.isnan(pixels).any()
        assert pixels.sum() == pytest.approx(1, abs=1e-5)
        x, y = peak(pixels)
        assert abs(x - 16 * column) <= 1 and abs(y - 16 * row) <= 1
    padding = spread_over_pixels(one_hot((32, 28), 31, 27), grid, ori_shape)
    assert padding.sum() == 0


@pytest.mark.parametrize('ori_shape', [(300, 420), (420, 300), (300, 300)])
def test_clip_peak(ori_shape):
    errors = []
    for x, y in zip(range(120, 205, 7), range(180, 95, -7)):
        image = np.zeros((*ori_shape, 3), np.uint8)
        image[y - 5:y + 5, x - 5:x + 5] = 255
        results = DETRResize(scale=(400, 267)).transform(dict(img=image))
        view = CLIPView(size=224).transform(results)['clip_img'][..., 0]
        # What a tower sees that reacts to brightness alone, 14 x 14 patches.
        weights = view.astype(float).reshape(14, 16, 14, 16).mean((1, 3))
        weights *= 0.7 / weights.sum()
        grid = clip_grid(ori_shape, results['img_shape'], 224, 14)
        pixels = spread_over_pixels(weights, grid, ori_shape)
        assert np.nansum(pixels) == pytest.approx(0.7, abs=1e-5)
        mass = np.nan_to_num(pixels) / 0.7
        center_x = (mass.sum(0) * (np.arange(ori_shape[1]) + 0.5)).sum()
        center_y = (mass.sum(1) * (np.arange(ori_shape[0]) + 0.5)).sum()
        errors.append((center_x - x, center_y - y))
    # A patch has 21 pixels.
    assert np.abs(errors).max() < 11
    assert np.abs(np.mean(errors, axis=0)).max() < 2


@pytest.mark.parametrize('ori_shape', [(30, 80), (80, 30)])
def test_what_clip_does_not_see(ori_shape):
    results = dict(img=np.zeros((*ori_shape, 3), np.uint8))
    results = DETRResize(scale=(600, 200)).transform(results)
    grid = clip_grid(ori_shape, results['img_shape'], 224, 7)
    seen = ~np.isnan(
        spread_over_pixels(np.full((7, 7), 1 / 49), grid, ori_shape))
    changed = np.zeros_like(seen)
    axis = int(np.argmax(ori_shape))
    for i in range(max(ori_shape)):
        # White rows or columns of the image, one after the other.
        image = np.zeros((*ori_shape, 3), np.uint8)
        np.moveaxis(image, axis, 0)[i] = 255
        results = DETRResize(scale=(600, 200)).transform(dict(img=image))
        view = CLIPView(size=224).transform(results)['clip_img']
        np.moveaxis(changed, axis, 0)[i] = (view > 60).any()
    assert np.array_equal(seen, changed)


def test_equal_weights_stay_equal():
    grid = memory_grid((60, 90), (480, 720), (480, 720), (15, 23))
    pixels = spread_over_pixels(np.full((15, 23), 1 / 345), grid, (60, 90))
    np.testing.assert_allclose(pixels, 1 / 5400, rtol=1e-5)


@pytest.mark.parametrize('shape', [(1, 1), (2, 50), (50, 1)])
def test_cells_smaller_than_pixels(shape):
    grid = memory_grid(shape, (800, 800), (800, 800), (25, 25))
    for row, column in ((0, 0), (24, 24), (11, 6)):
        pixels = spread_over_pixels(
            one_hot((25, 25), row, column), grid, shape)
        assert pixels.sum() == pytest.approx(1, abs=1e-5)


def test_a_pixel_that_is_seen_in_part():
    grid = CellGrid(np.array([2.]), np.array([0.5]), (1.5, 0, 2.5, 1))
    pixels = spread_over_pixels(np.array([[1.]]), grid, (1, 4))
    np.testing.assert_array_equal(pixels, [[np.nan, 0.5, 0.5, np.nan]])
