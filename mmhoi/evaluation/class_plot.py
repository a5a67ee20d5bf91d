# Copyright (c) mmhoi contributors.
"""The picture of results per class."""
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence, Union

import numpy as np

from mmhoi.label_spaces import RARE_BELOW
from mmhoi.utils.whole_file import write_whole
from .class_results import ClassResults, count_groups, mean_of_known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = ('tab:blue', 'tab:orange')
WORSE_COLOR, BETTER_COLOR = 'tab:red', 'tab:green'
NUM_NAMED = 3


def draw_class_results(results: ClassResults,
                       path: Union[str, Path],
                       font: Optional[str] = None) -> None:
    """Draw AP against count, and with two runs their difference below.

    Each class is a point; steps are the means of classes that occur about
    equally often (powers of ten).

    Args:
        results (ClassResults): Results of one or two runs.
        path (str | Path): The picture; its ending tells the format.
        font (str, optional): Font file of the names. Defaults to None: DejaVu
            Sans.
    """
    # It takes a second to import, which only a plot need wait for.
    from matplotlib.figure import Figure

    from mmhoi.utils.fonts import plot_fonts

    num_panels = len(results.aps)
    texts = [*results.names, *results.aps, *results.axis_names]
    with plot_fonts(texts, font):
        figure = Figure(
            figsize=(9, 1 + 4.5 * num_panels), layout='constrained')
        _draw_panels(
            figure.subplots(num_panels, sharex=True, squeeze=False)[:, 0],
            results)
        with write_whole(Path(path)) as draft:
            figure.savefig(draft, dpi=150, format=Path(path).suffix[1:])


def _draw_panels(panels: Sequence['Axes'], results: ClassResults) -> None:
    """The panel of the runs and, with two, that of their difference."""
    difference = results.difference
    count_name, ap_name = results.axis_names
    for run, (name, aps) in enumerate(results.aps.items()):
        mean = mean_of_known(aps)
        panels[0].scatter(
            results.counts,
            aps,
            s=14,
            alpha=.55,
            linewidths=0,
            color=COLORS[run],
            label=f'{name}: mean {mean:.4f}')
        _draw_means(panels[0], results, aps, COLORS[run])
    panels[0].set(ylabel=ap_name, ylim=(-.02, 1.02))
    panels[0].legend(loc='upper left')
    if difference is not None:
        _draw_difference(panels[1], results, difference)
    panels[-1].set_xlabel(count_name)
    for axes in panels:
        axes.grid(alpha=.3)
        if results.counts.min() > 0:
            axes.set_xscale('log')
        else:
            axes.set_xscale('symlog', linthresh=1)
        if results.counts.min() < RARE_BELOW:
            axes.axvline(
                RARE_BELOW - .5, color='black', linewidth=1, linestyle='--')


def _draw_means(axes, results: ClassResults, values: np.ndarray,
                color: str) -> None:
    """Steps with the mean value of each group of classes."""
    for _, members in count_groups(results.counts):
        counts = results.counts[members]
        axes.hlines(
            mean_of_known(values[members]),
            counts.min(),
            counts.max(),
            color,
            linewidth=3)


def _draw_difference(axes, results: ClassResults,
                     difference: np.ndarray) -> None:
    """What the second run gains, the largest changes with names."""
    first, second = results.aps
    better, worse = difference > 0, difference < 0
    axes.scatter(
        results.counts,
        difference,
        s=14,
        alpha=.7,
        linewidths=0,
        color=np.select([better, worse], [BETTER_COLOR, WORSE_COLOR], 'grey'))
    axes.axhline(0, color='black', linewidth=1)
    _draw_means(axes, results, difference, 'black')
    axes.set_title(
        f'{second} - {first}: mean {mean_of_known(difference):+.4f}, '
        f'better in {better.sum()} classes, worse in '
        f'{worse.sum()}')
    axes.set_ylabel('difference')
    order = np.argsort(np.nan_to_num(difference))
    for chosen in (order[:NUM_NAMED], order[-NUM_NAMED:]):
        for i in chosen[(better | worse)[chosen]]:
            axes.annotate(
                results.names[i].replace('_', ' '),
                (results.counts[i], difference[i]),
                xytext=(4, 2),
                textcoords='offset points',
                fontsize=8)
