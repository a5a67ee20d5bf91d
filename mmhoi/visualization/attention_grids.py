# Copyright (c) mmhoi contributors.
"""From tokens of a model back to pixels of the image."""
from dataclasses import dataclass
from math import ceil, log2
from typing import Tuple

import numpy as np


@dataclass(frozen=True)
class CellGrid:
    """Where the cells of an attention map lie in the original image.

    Coordinates count from the left and upper edge of the image: the centre of
    its first pixel is at 0.5.

    Attributes:
        xs (np.ndarray): Centre of each column of cells, shape (w, ).
        ys (np.ndarray): Centre of each row of cells, shape (h, ).
        region (tuple[float]): What the cells see together, xyxy. It may reach
            beyond the image on the right and below.
    """
    xs: np.ndarray
    ys: np.ndarray
    region: Tuple[float, float, float, float]


def memory_grid(ori_shape: Tuple[int, int], img_shape: Tuple[int, int],
                batch_input_shape: Tuple[int, int],
                memory_shape: Tuple[int, int]) -> CellGrid:
    """Grid of the feature map, which covers the input with its padding.

    In a ResNet every convolution of stride 2 keeps the first row and column.
    Cell i is therefore centred on pixel `i * stride` of the input, half a
    cell before where a division into equal parts would have it.

    Args:
        ori_shape (tuple[int]): Height and width of the original image.
        img_shape (tuple[int]): The same after the resize.
        batch_input_shape (tuple[int]): The same after the padding, which is
            to the right and below.
        memory_shape (tuple[int]): Height and width of the feature map.

    Returns:
        CellGrid: The grid.

    Examples:
        >>> grid = memory_grid((50, 100), (100, 200), (128, 200), (2, 4))
        >>> grid.xs, grid.ys
        (array([ 0.25, 32.25, 64.25, 96.25]), array([ 0.25, 32.25]))
        >>> grid.region
        (0.0, 0.0, 100.0, 64.0)
    """
    # Each layer of stride 2 rounds up, so the quotients are at most this.
    stride = 2**ceil(log2(max(np.divide(batch_input_shape[:2], memory_shape))))
    scales = np.divide(ori_shape[:2], img_shape[:2])
    ys, xs = ((stride * np.arange(num_cells) + 0.5) * scale
              for num_cells, scale in zip(memory_shape, scales))
    height, width = scales * batch_input_shape[:2]
    return CellGrid(xs, ys, (0.0, 0.0, float(width), float(height)))


def clip_grid(ori_shape: Tuple[int, int], img_shape: Tuple[int, int],
              view_size: int, num_patches: int) -> CellGrid:
    """Grid of CLIP's patches, which divide what `CLIPView` has left.

    Args:
        ori_shape (tuple[int]): Height and width of the original image.
        img_shape (tuple[int]): The same of the resized image that the view
            was taken of.
        view_size (int): Side of the view, pixels.
        num_patches (int): Patches along a side.

    Returns:
        CellGrid: The grid. Its region lies within the image.

    Examples:
        >>> grid = clip_grid((100, 200), (400, 800), 224, 2)
        >>> grid.xs, grid.ys
        (array([ 75., 125.]), array([25., 75.]))
        >>> grid.region
        (50.0, 0.0, 150.0, 100.0)
    """
    short = min(img_shape[:2])
    centers, starts, stops = [], [], []
    for ori, img in zip(ori_shape, img_shape):
        # torchvision truncates the longer side and rounds the margin.
        resized = int(view_size * img / short)
        margin = round((resized - view_size) / 2)
        scale = ori / resized
        patch = view_size / num_patches
        centers.append(
            (margin + patch * (np.arange(num_patches) + 0.5)) * scale)
        starts.append(margin * scale)
        stops.append((margin + view_size) * scale)
    return CellGrid(centers[1], centers[0],
                    (starts[1], starts[0], stops[1], stops[0]))


def spread_over_pixels(weights: np.ndarray, grid: CellGrid,
                       shape: Tuple[int, int]) -> np.ndarray:
    """Turn weights of cells into weights of pixels.

    Between the centres of cells weights are interpolated, with a cosine so
    that no creases show; beyond the outermost they stay. The pixels are then
    scaled so that all of the region has the weight that the cells have.

    Args:
        weights (np.ndarray): Weight of each cell, shape (h, w).
        grid (CellGrid): Where the cells lie.
        shape (tuple[int]): Height H and width W of the image.

    Returns:
        np.ndarray: Weight of each pixel, float32, shape (H, W); NaN where no
        cell sees. What is not NaN sums to the weight that falls on the image:
        all of it if the region lies within.

    Examples:
        >>> grid = CellGrid(np.array([1., 3.]), np.array([0.5]), (0, 0, 4, 1))
        >>> spread_over_pixels(np.array([[0., 1.]]), grid, (1, 5))
        array([[0.        , 0.07322331, 0.4267767 , 0.5       ,        nan]],
              dtype=float32)
    """
    x1, y1, x2, y2 = grid.region
    rows = _interpolation(grid.ys, y1, y2, shape[0])
    columns = _interpolation(grid.xs, x1, x2, shape[1])
    pixels = rows @ weights @ columns.T
    pixels *= weights.sum() / pixels.sum()
    # Nothing in a row or column: it is not seen.
    pixels[rows.sum(1) == 0] = np.nan
    pixels[:, columns.sum(1) == 0] = np.nan
    return pixels[:shape[0], :shape[1]].astype(np.float32)


def _interpolation(centers: np.ndarray, start: float, stop: float,
                   num_pixels: int) -> np.ndarray:
    """Matrix from n cells to the pixels of a line.

    Args:
        centers (np.ndarray): Centres of the cells, shape (n, ).
        start (float): Where what the cells see begins.
        stop (float): Where it ends, perhaps behind the image.
        num_pixels (int): Pixels of the image.

    Returns:
        np.ndarray: Shape (M, n), M the pixels of image and padding. Rows sum
        to 1, or to 0 for pixels that no cell sees.
    """
    pixels = np.arange(max(num_pixels, ceil(stop))) + 0.5
    # Any overlap of a pixel with the region counts.
    seen = (pixels + 0.5 > start) & (pixels - 0.5 < stop)
    inside = pixels.clip(centers[0], centers[-1])[:, None]
    # Cells smaller than a pixel are averaged.
    reach = max((stop - start) / len(centers), 1)
    distances = (abs(inside - centers) / reach).clip(max=1)
    matrix = (1 + np.cos(np.pi * distances)) / 2
    matrix /= matrix.sum(1, keepdims=True)
    return matrix * seen[:, None]
