# Copyright (c) mmhoi contributors.
"""The picture of a table."""
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Tuple

import numpy as np

from mmhoi.utils.own_results import write_picture
from .summary import Cell, Cells
from .table import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Value and error of a bar or point by row and setting.
_Values = Dict[Tuple[str, str], Tuple[float, Optional[float]]]
_BAR_SHARE = .85


def draw_table(table: Table, cells: Cells, path: Path) -> None:
    """Draw the main metric of a table, published figures in a panel apart.

    Args:
        table (Table): The table.
        cells (dict): Its results, of :func:`summarize`.
        path (Path): The PNG.
    """
    # It takes a second to import. A figure of its own needs no display.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    own: _Values = {
        (row, setting): _of_cell(metrics[table.main])
        for (setting, row), metrics in cells.items() if table.main in metrics
    }
    theirs = _published(table)
    panels = [('here', own)] + [('theirs (HICO-DET)', theirs)] * bool(theirs)
    figure = Figure(
        figsize=(1 + 6 * len(panels), 5), dpi=150, layout='constrained')
    draw = _draw_lines if table.chart == 'lines' else _draw_bars
    for axes, (title, values) in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels):
        _draw_panel(axes, table, values, draw)
        axes.set(title=title, ylabel=f'{table.metrics[table.main]} mAP')
    # Colours are those of the rows in both panels.
    figure.legend(
        *figure.axes[0].get_legend_handles_labels(),
        loc='outside lower center',
        ncols=4,
        fontsize=8)
    figure.suptitle(table.title)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    write_picture(np.asarray(canvas.buffer_rgba())[..., :3], path)


def _of_cell(cell: Cell) -> Tuple[float, Optional[float]]:
    return cell.mean, cell.std


def _published(table: Table) -> _Values:
    """The first published figure of each row and setting."""
    return {
        (row.name, setting): (figures[0].metrics[table.main], None)
        for row in table.rows
        for setting, figures in row.published.items()
        if table.main in figures[0].metrics
    }


def _draw_panel(axes: 'Axes', table: Table, values: _Values,
                draw: Callable) -> None:
    settings = [
        s for s in table.settings
        if any(setting == s.name for _, setting in values)
    ]
    for index, row in enumerate(table.rows):
        points = {
            x: values[row.name, setting.name]
            for x, setting in enumerate(settings)
            if (row.name, setting.name) in values
        }
        draw(axes, index, len(table.rows), row.title, points)
    axes.set_xticks(
        range(len(settings)), [setting.title for setting in settings])
    axes.grid(axis='y', alpha=.3)
    axes.set_ylim(bottom=0)


def _draw_bars(axes: 'Axes', index: int, count: int, label: str,
               points: Dict[int, Tuple[float, Optional[float]]]) -> None:
    width = _BAR_SHARE / count
    places = [x + (index - (count - 1) / 2) * width for x in points]
    axes.bar(
        places, [value for value, _ in points.values()],
        width,
        yerr=_errors(points),
        capsize=2,
        color=_color(index),
        label=label)


def _draw_lines(axes: 'Axes', index: int, count: int, label: str,
                points: Dict[int, Tuple[float, Optional[float]]]) -> None:
    del count
    axes.errorbar(
        list(points), [value for value, _ in points.values()],
        yerr=_errors(points),
        marker='o',
        capsize=3,
        color=_color(index),
        label=label)


def _errors(points: Dict[int, Tuple[float, Optional[float]]]) -> List[float]:
    return [error or 0. for _, error in points.values()]


def _color(index: int) -> Tuple[float, ...]:
    from matplotlib import colormaps
    return colormaps['tab20'](index)
