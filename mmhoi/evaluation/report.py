# Copyright (c) mmhoi contributors.
"""What one evaluation found, in the forms in which the command shows it."""
from dataclasses import dataclass, field
from typing import Any, Dict, List, Tuple

Table = Tuple[str, List[str], List[list]]


@dataclass(frozen=True)
class Report:
    """Results of one evaluation.

    Attributes:
        figures (dict): Nested dict of numbers and lists of numbers, written
            by `--json`. Fractions (0..1), not points.
        rows (list[dict]): One dict per class or role, all with the same
            keys, the columns of `--per-class`. Columns whose name begins with
            `ap` hold average precisions (0..1).
        tables (list[tuple]): (title, header, rows) of the tables that are
            printed on the screen.
        plot_axes (tuple[str, str]): Columns of `rows` that `--plot` draws
            along x and y.

    Examples:
        >>> report = Report(
        ...     figures={'default': {'full': .5}},
        ...     rows=[{'hoi': 'ride horse', 'ap': .5}],
        ...     tables=[('Default', ['classes', 'mAP'], [['full', '50.00']])])
        >>> report.figures['default']['full']
        0.5
    """
    figures: Dict[str, Any]
    rows: List[Dict[str, Any]] = field(default_factory=list)
    tables: List[Table] = field(default_factory=list)
    plot_axes: Tuple[str, str] = ('num_train', 'ap')
