# Copyright (c) mmhoi contributors.
"""The picture of a table."""
from pathlib import Path
from typing import (TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence,
                    Tuple)

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
    colors = _colors(table)
    for index, row in enumerate(table.rows):
        found = [(x, *values[row.name, setting.name])
                 for x, setting in enumerate(settings)
                 if (row.name, setting.name) in values]
        places, heights, errors = zip(*found) if found else ((), (), ())
        shift = (index - (len(table.rows) - 1) / 2) / len(table.rows)
        draw(
            axes,
            places,
            heights,
            shift,
            1 / len(table.rows),
            # None is a single seed.
            yerr=None if None in errors else errors,
            capsize=2,
            color=colors[row.name],
            label=row.title)
    axes.set_xticks(
        range(len(settings)), [setting.title for setting in settings])
    axes.set(xlim=(-.6, len(settings) - .4), ylim=(0, None))
    axes.grid(axis='y', alpha=.3)


def _draw_bars(axes: 'Axes', places: Sequence[int], heights: Sequence[float],
               shift: float, width: float, **style: Any) -> None:
    axes.bar([x + _BAR_SHARE * shift for x in places],
             heights,
             width=_BAR_SHARE * width,
             **style)


def _draw_lines(axes: 'Axes', places: Sequence[int], heights: Sequence[float],
                shift: float, width: float, **style: Any) -> None:
    # Beside each other, so that error bars can be seen.
    axes.errorbar([x + width * shift / 5 for x in places],
                  heights,
                  marker='o',
                  **style)


def _colors(table: Table) -> Dict[str, Tuple[float, ...]]:
    """A colour for each row, a light one for a row without a part."""
    from matplotlib import colormaps
    parents = [row.name for row in table.rows if row.parent is None]
    return {
        row.name:
        colormaps['tab20'](2 * parents.index(row.parent or row.name) +
                           (row.parent is not None))
        for row in table.rows
    }
