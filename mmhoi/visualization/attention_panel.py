# Copyright (c) mmhoi contributors.
"""The figure of attention maps: one picture from image to interaction."""
from dataclasses import dataclass, replace
from math import log
from textwrap import shorten
from typing import List, Optional, Tuple

import cv2
import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mmhoi.structures import HOIDataSample
from mmhoi.utils.fonts import no_glyph_warnings, plot_families
from .attention_maps import HOIAttention
from .hoi_local_visualizer import HOILocalVisualizer

COLORMAP = 'inferno'
DPI = 100
# Width by height that the whole panel comes close to.
PANEL_ASPECT = 1.8
TEXT_WIDTH = 58  # of titles, for letters of a size 3.2
MAX_NAME = 36  # characters of an interaction's name


@dataclass(frozen=True)
class Tile:
    """A picture with what is written above it.

    Attributes:
        title (str): What it shows.
        note (str): Second line, smaller.
        picture (np.ndarray): RGB, uint8, shape (h, w, 3).
        families (tuple[str]): Fonts of what is written.
    """
    title: str
    note: str
    picture: np.ndarray
    families: Tuple[str, ...] = ()


def draw_attention_panel(attention: HOIAttention,
                         tile_size: int = 640,
                         font: Optional[str] = None) -> np.ndarray:
    """Draw what the detector looked at for a pair.

    The tiles are: the image; the boxes of the pair; the localisation
    attention of its human and of its object query; the interaction attention
    over CLIP's patches and over detector memory, as far as the model has them
    (the figure of HOICLIP, section "Visualization").

    The maps lie over a grey image. Colours go from no weight to the largest
    one of the tile, whose share of all attention is written above. What CLIP
    does not see is hatched.

    Args:
        attention (HOIAttention): The maps.
        tile_size (int): Longer side of each tile, pixels; the image is
            enlarged or reduced to it. Defaults to 640.
        font (str, optional): Font file of labels and titles. Defaults to
            None: DejaVu Sans.

    Returns:
        np.ndarray: Picture, RGB, uint8, shape (h, w, 3).
    """
    height, width = attention.image.shape[:2]
    scale = tile_size / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    image = _resize(attention.image, size)
    interaction, confidence = attention.text.rsplit(' ', 1)
    tiles = [
        Tile('image', f'{width} x {height}', image),
        Tile('prediction', f'{_shorten(interaction)} {confidence}',
             _resize(_draw_prediction(attention, 2 * tile_size, font), size))
    ]
    titles = dict(
        human='localisation: human query',
        object='localisation: object query',
        clip='interaction: CLIP patches',
        memory='interaction: detector memory')
    for name, title in titles.items():
        if name in attention.cells:
            tiles.append(
                Tile(title, _weights_text(attention, name),
                     _overlay(image, getattr(attention, name))))
    return _arrange(_with_fonts(tiles, font))


def _with_fonts(tiles: List[Tile], font: Optional[str]) -> List[Tile]:
    """Tiles that know the fonts of their letters."""
    return [
        replace(
            tile, families=tuple(plot_families(tile.title + tile.note, font)))
        for tile in tiles
    ]


def _shorten(name: str) -> str:
    """Cut a name that is too long, also one without blanks."""
    short = shorten(name, MAX_NAME)
    return short if short != '[...]' else name[:MAX_NAME - 6] + ' [...]'


def _weights_text(attention: HOIAttention, name: str) -> str:
    """How much of the attention the brightest cell stands for."""
    text = f'brightest cell {attention.cells[name].max():.1%}'
    if name == 'clip':
        text += f', class token {attention.clip_token:.1%}'
    return text


def _draw_prediction(attention: HOIAttention, min_size: int,
                     font: Optional[str]) -> np.ndarray:
    """The image with the pair, however sure the model is of it."""
    visualizer = HOILocalVisualizer(min_size=min_size, font=font)
    visualizer.dataset_meta = attention.dataset_meta
    sample = HOIDataSample(pred_hoi_instances=attention.data_sample.
                           pred_hoi_instances[attention.pair])
    visualizer.add_datasample(
        'prediction',
        attention.image,
        sample,
        draw_gt=False,
        pred_score_thr=-1)
    # Without the margin that very flat images have for labels.
    scale = max(min_size / max(attention.image.shape), 1)
    height, width = (
        max(round(side * scale), 1) for side in attention.image.shape[:2])
    return visualizer.get_image()[:height, :width]


def _overlay(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Lay the weights of pixels over a grey copy of the image, RGB."""
    size = image.shape[1::-1]
    seen = _resize(
        np.isfinite(weights).astype(np.uint8), size,
        cv2.INTER_NEAREST)[..., None] > 0
    heat = _resize(np.nan_to_num(weights), size, cv2.INTER_LINEAR)
    heat /= max(heat.max(), 1e-12)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None]
    # By table, as matplotlib takes its time for every pixel.
    table = matplotlib.colormaps[COLORMAP](np.arange(256), bytes=True)
    colors = table[(255 * heat).astype(np.uint8), :3]
    alpha = 0.2 + 0.55 * heat[..., None]
    y, x = np.indices(heat.shape)
    hatch = np.where((x + y) // 6 % 2, 70, 100)[..., None]
    drawn = np.where(seen, (1 - alpha) * grey + alpha * colors,
                     0.3 * grey + 0.7 * hatch)
    return drawn.astype(np.uint8)


def _resize(image: np.ndarray,
            size: Tuple[int, int],
            interpolation: Optional[int] = None) -> np.ndarray:
    if interpolation is None:
        larger = size[0] > image.shape[1]
        interpolation = cv2.INTER_CUBIC if larger else cv2.INTER_AREA
    return cv2.resize(image, size, interpolation=interpolation)


def _arrange(tiles: List[Tile]) -> np.ndarray:
    """Put tiles into rows and columns, each two of a kind side by side."""
    height, width = tiles[0].picture.shape[:2]
    # Letters of narrow tiles are smaller, but not without limit.
    size = max(height, width)
    unit = min(max(width / TEXT_WIDTH, size / 150), size / 100)
    title_height, gap = round(8 * unit), round(3 * unit)
    column_width = max(width, round(TEXT_WIDTH * unit))
    # Row and column of each tile: all in a row, or two of a kind below each
    # other, or two of a kind in a row.
    layouts = [[(0, i) for i in range(len(tiles))],
               [(i % 2, i // 2) for i in range(len(tiles))],
               [(i // 2, i % 2) for i in range(len(tiles))]]

    def shape(layout: List[Tuple[int, int]]) -> Tuple[int, int]:
        rows, columns = np.max(layout, axis=0) + 1
        return (rows * (height + title_height + gap) + gap,
                columns * (column_width + gap) + gap)

    def misfit(layout: List[Tuple[int, int]]) -> float:
        panel_height, panel_width = shape(layout)
        return abs(log(panel_width / panel_height / PANEL_ASPECT))

    layout = min(layouts, key=misfit)
    centers = [(gap + column * (column_width + gap) + column_width // 2,
                gap + row * (height + title_height + gap))
               for row, column in layout]
    panel = _write_titles(tiles, centers, shape(layout), unit)
    for tile, (x, y) in zip(tiles, centers):
        left, top = x - width // 2, y + title_height
        panel[top:top + height, left:left + width] = tile.picture
    return panel


def _write_titles(tiles: List[Tile], centers: List[Tuple[int, int]],
                  shape: Tuple[int, int], unit: float) -> np.ndarray:
    """A white panel with titles below the given points (x, y), RGB."""
    figure = Figure((shape[1] / DPI, shape[0] / DPI), DPI)
    canvas = FigureCanvasAgg(figure)
    for tile, (x, y) in zip(tiles, centers):
        for text, offset, size in ((tile.title, 2, 3.2), (tile.note, 6, 2.6)):
            figure.text(
                x / shape[1],
                1 - (y + offset * unit) / shape[0],
                text,
                size=size * unit * 72 / DPI,
                family=tile.families,
                parse_math=False,
                ha='center',
                va='center')
    with no_glyph_warnings():
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
