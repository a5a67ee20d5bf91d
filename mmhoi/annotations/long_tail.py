# Copyright (c) mmhoi contributors.
"""How often each verb and each HOI of a data set occurs, and its picture."""
import csv
from pathlib import Path
from typing import (Callable, Iterable, List, NamedTuple, Optional, Sequence,
                    Union)

import numpy as np

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.text_files import open_to_write
from mmhoi.utils.whole_file import write_whole
from .hoia_parser import HOIAParser

#: More names than this cannot be read below a plot.
MAX_NAMES = 120
FREQUENT_COLOR, RARE_COLOR = 'tab:blue', 'tab:orange'


class ClassCount(NamedTuple):
    """Interactions of a class.

    Attributes:
        kind (str): `verb` or `hoi`.
        id (int): Index in the label space.
        name (str): Its name.
        count (int): Number of interactions.
        rare (int): 1 with fewer than the `rare_below` of the label space,
            else 0.
    """
    kind: str
    id: int
    name: str
    count: int
    rare: int


def count_usable(
        records: Iterable[dict],
        parser: HOIAParser,
        to_hoia: Callable[[dict], dict] = lambda record: record) -> np.ndarray:
    """Interactions of each HOI that training can use.

    Args:
        records (Iterable[dict]): Entries of the images, as `usable_records`
            gives them.
        parser (HOIAParser): A parser for training.
        to_hoia (Callable): Makes an entry of the HOIA format of each.
            Defaults to leaving it as it is.

    Returns:
        np.ndarray: Counts, int64, shape (H, ).
    """
    counts = np.zeros(len(parser.pair_to_hoi), int)
    for record in records:
        item = parser.parse(to_hoia(record)) or dict(pairs=[])
        for pair in item['pairs']:
            counts[pair['hois']] += 1
    return counts


def long_tail(hoi_counts: np.ndarray, space: LabelSpace) -> List[ClassCount]:
    """Counts of verbs, then of HOIs, most frequent first.

    Args:
        hoi_counts (np.ndarray): Interactions of each HOI, shape (H, ).
        space (LabelSpace): Names.

    Returns:
        list[ClassCount]: V + H classes. A verb's count is the sum over its
        HOIs.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> space = load_label_space('hico_det')
        >>> rows = long_tail(space.num_train, space)
        >>> len(rows), rows[0].name, rows[117].name, rows[-1].count
        (717, 'hold', 'ride boat', 1)
    """
    verb_counts = space.verb_to_hoi() @ hoi_counts
    rows = []
    for kind, names, counts in (('verb', space.verbs, verb_counts),
                                ('hoi', space.hois, hoi_counts)):
        for i in np.argsort(-counts, kind='stable').tolist():
            count = int(counts[i])
            rows.append(
                ClassCount(kind, i, names[i], count,
                           int(count < space.rare_below)))
    return rows


def write_long_tail(rows: Sequence[ClassCount], path: Union[str,
                                                            Path]) -> None:
    """Write the counts as CSV.

    Args:
        rows (Sequence[ClassCount]): The counts.
        path (str | Path): The file.
    """
    with open_to_write(path, newline='') as file:
        writer = csv.writer(file)
        writer.writerow(ClassCount._fields)
        writer.writerows(rows)


def draw_long_tail(rows: Sequence[ClassCount],
                   path: Union[str, Path],
                   title: str,
                   rare_below: int,
                   font: Optional[str] = None) -> None:
    """Draw the counts on a logarithmic scale, most frequent first.

    A dashed line marks where classes become rare. Classes without any
    interaction are only mentioned.

    Args:
        rows (Sequence[ClassCount]): The counts.
        path (str | Path): The picture; its ending tells the format.
        title (str): What was counted.
        rare_below (int): Classes with fewer interactions are rare.
        font (str, optional): Font file of the names. Defaults to None: DejaVu
            Sans.
    """
    # It takes a second to import, which only a plot need wait for.
    from matplotlib.figure import Figure

    from mmhoi.utils.fonts import plot_fonts

    with plot_fonts([title, *(row.name for row in rows)], font):
        figure = Figure(figsize=(15, 9), layout='constrained')
        figure.suptitle(title)
        for axes, kind in zip(figure.subplots(2), ('verb', 'hoi')):
            _draw_bars(axes, [row for row in rows if row.kind == kind],
                       dict(verb='verbs', hoi='HOIs')[kind], rare_below)
        with write_whole(Path(path)) as draft:
            figure.savefig(draft, dpi=130, format=Path(path).suffix[1:])


def _draw_bars(axes, rows: List[ClassCount], noun: str,
               rare_below: int) -> None:
    """Bars of one kind of class."""
    num_classes = len(rows)
    rows = [row for row in rows if row.count]
    counts = np.array([row.count for row in rows])
    # Bars that touch: gaps between hundreds of them would flicker.
    axes.bar(
        np.arange(len(rows)),
        counts,
        width=0.8 if len(rows) <= MAX_NAMES else 1,
        color=[RARE_COLOR if row.rare else FREQUENT_COLOR for row in rows])
    axes.axhline(rare_below, color='black', linewidth=1, linestyle='--')
    axes.set_title(
        f'{counts.sum()} interactions of {num_classes} {noun}: '
        f'{num_classes - len(rows)} without any, not drawn; '
        f'{(counts < rare_below).sum()} with fewer than {rare_below} (rare)')
    axes.set_yscale('log')
    axes.set(
        ylabel='interactions',
        xlim=(-1, len(rows)),
        ylim=(0.7, 2 * max(counts.max(), rare_below)))
    axes.grid(axis='y', alpha=.3)
    if len(rows) <= MAX_NAMES:
        axes.set_xticks(
            range(len(rows)), [row.name.replace('_', ' ') for row in rows],
            rotation=90,
            fontsize=7 if len(rows) > 60 else 9)
    else:
        axes.set_xlabel(f'{noun}, most frequent first')
