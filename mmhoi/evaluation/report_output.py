# Copyright (c) mmhoi contributors.
"""Writing a report: on the screen, as json, as CSV, as a picture."""
import csv
import math
from pathlib import Path
from typing import Any, Union

import numpy as np
from terminaltables import AsciiTable

from mmhoi.utils import text_files
from .class_plot import draw_class_results
from .class_results import NAME_COLUMNS, ClassResults
from .report import Report


def format_tables(report: Report) -> str:
    """The tables of a report as text.

    Args:
        report (Report): The report.

    Returns:
        str: Text of several lines.

    Examples:
        >>> report = Report({}, tables=[('Default', ['mAP'], [['50.00']])])
        >>> print(format_tables(report))
        Default
        +-------+
        | mAP   |
        +-------+
        | 50.00 |
        +-------+
    """
    return '\n\n'.join(f'{title}\n{AsciiTable([header, *rows]).table}'
                       for title, header, rows in report.tables)


def write_json(report: Report, path: Union[str, Path]) -> None:
    """Write all figures; NaN becomes null.

    Args:
        report (Report): The report.
        path (str or Path): The file.
    """
    text_files.write_json(path, _plain(report.figures), indent=1)


def write_csv(report: Report, path: Union[str, Path]) -> None:
    """Write one line for each class or role.

    Args:
        report (Report): The report.
        path (str or Path): The file.
    """
    with text_files.open_to_write(path, newline='') as file:
        writer = csv.DictWriter(file, list(report.rows[0]))
        writer.writeheader()
        writer.writerows(report.rows)


def draw_plot(report: Report, path: Union[str, Path]) -> None:
    """Draw the classes or roles as points.

    Args:
        report (Report): The report.
        path (str or Path): The picture; its ending tells the format.
    """
    count, ap = report.plot_axes
    name = next(key for key in NAME_COLUMNS if key in report.rows[0])
    names, counts, aps = ([row[key] for row in report.rows]
                          for key in (name, count, ap))
    draw_class_results(
        ClassResults(
            tuple(names), np.array(counts, float),
            {'all classes': np.array(aps, float)}, (count, ap)), path)


def _plain(value: Any) -> Any:
    """Dicts, lists and Python numbers only, None instead of NaN."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
