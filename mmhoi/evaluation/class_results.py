# Copyright (c) mmhoi contributors.
"""Results of each class of one or two runs, from `--per-class` files."""
import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from mmhoi.utils.text_files import open_to_write, read_text

#: Columns that name the class, and that count it, by preference.
NAME_COLUMNS = ('hoi', 'verb', 'class', 'name')
COUNT_COLUMNS = ('num_train', 'num_gt')


@dataclass(frozen=True)
class ClassResults:
    """Average precision of C classes in one or more runs.

    Attributes:
        names (tuple[str]): Names of the classes, length C.
        counts (np.ndarray): How often each class occurs, shape (C, ).
        aps (dict[str, np.ndarray]): By the name of each run the average
            precisions, 0..1 or NaN, shape (C, ).
        axis_names (tuple[str, str]): What the counts and the precisions are.
    """
    names: Tuple[str, ...]
    counts: np.ndarray
    aps: Dict[str, np.ndarray]
    axis_names: Tuple[str, str]

    @property
    def difference(self) -> Optional[np.ndarray]:
        """AP of the second run minus that of the first, None without it."""
        if len(self.aps) < 2:
            return None
        first, second = self.aps.values()
        return second - first


def read_class_csv(path: Union[str, Path],
                   name: str,
                   count_column: Optional[str] = None,
                   ap_column: Optional[str] = None) -> ClassResults:
    """Read what `python -m mmhoi.evaluation ... --per-class` wrote.

    Args:
        path (str | Path): The CSV.
        name (str): What to call the run.
        count_column (str, optional): Column of the counts. Defaults to None:
            `num_train`, otherwise `num_gt`.
        ap_column (str, optional): Column of the results. Defaults to None:
            the first one whose name begins with `ap`.

    Returns:
        ClassResults: Of one run.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has no line, lacks a column, or has something
            else than a number there.
    """
    rows = _read_rows(Path(path))
    columns = list(rows[0])
    name_column = _choose(path, columns, None, NAME_COLUMNS)
    count_column = _choose(path, columns, count_column, COUNT_COLUMNS)
    ap_columns = [column for column in columns if column.startswith('ap')]
    ap_column = _choose(path, columns, ap_column, ap_columns or ['ap'])
    counts, aps = (
        np.array([_number(path, i, row, column) for i, row in enumerate(rows)])
        for column in (count_column, ap_column))
    return ClassResults(
        tuple(row[name_column] for row in rows), counts, {name: aps},
        (count_column, ap_column))


def join_results(first: ClassResults, second: ClassResults) -> ClassResults:
    """Put two runs on the same classes beside each other.

    Args:
        first (ClassResults): One run.
        second (ClassResults): Another one.

    Returns:
        ClassResults: Both, with the classes in the order of the first.

    Raises:
        ValueError: If the classes or their counts differ, or the names of
            the runs do not.

    Examples:
        >>> one = ClassResults(('ride', 'hold'), np.array([5., 90.]),
        ...                    dict(old=np.array([.2, .5])), ('n', 'ap'))
        >>> two = ClassResults(('hold', 'ride'), np.array([90., 5.]),
        ...                    dict(new=np.array([.5, .3])), ('n', 'ap'))
        >>> join_results(one, two).difference
        array([0.1, 0. ])
    """
    (first_name, _), = first.aps.items()
    (second_name, second_aps), = second.aps.items()
    if first_name == second_name:
        raise ValueError(f'both runs are called "{first_name}"')
    lacking = [
        set(first.names) - set(second.names),
        set(second.names) - set(first.names)
    ]
    for classes, name in zip(lacking, (second_name, first_name)):
        if classes:
            raise ValueError(
                f'{name} lacks {len(classes)} classes that the other run has,'
                f' such as "{min(classes)}"; both must be evaluated on the '
                'same data set')
    rows = [second.names.index(name) for name in first.names]
    differ = np.flatnonzero(first.counts != second.counts[rows])
    if len(differ):
        raise ValueError(
            f'{first.axis_names[0]} of {len(differ)} classes differs between '
            f'the runs, such as that of "{first.names[differ[0]]}"; both '
            'must be evaluated on the same data set')
    return ClassResults(first.names, first.counts, {
        **first.aps, second_name: second_aps[rows]
    }, first.axis_names)


def write_class_results(results: ClassResults, path: Union[str, Path]) -> None:
    """Write names, counts and results as CSV, with two runs the difference.

    Args:
        results (ClassResults): The results.
        path (str | Path): The file.
    """
    count, ap = results.axis_names
    columns = {'class': results.names, count: results.counts}
    columns.update((f'{ap} {run}', aps) for run, aps in results.aps.items())
    if results.difference is not None:
        columns['difference'] = results.difference
    with open_to_write(path, newline='') as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for name, number, *values in zip(*columns.values()):
            writer.writerow([name, f'{number:g}', *map(_text, values)])


def count_groups(
    counts: np.ndarray, bounds: Sequence[int] = (1, 10, 100, 1000, 10000)
) -> List[Tuple[str, np.ndarray]]:
    """Group classes that occur about equally often.

    Args:
        counts (np.ndarray): How often each class occurs, shape (C, ).
        bounds (Sequence[int]): Where one group ends and the next begins,
            ascending. Defaults to powers of ten.

    Returns:
        list[tuple[str, np.ndarray]]: Name and members (bool, shape (C, )) of
        each group that has some.

    Examples:
        >>> [(name, members.tolist())
        ...  for name, members in count_groups(np.array([0, 7, 12, 9]))]
        [('0', [True, False, False, False]), \
('1..9', [False, True, False, True]), ('10..99', [False, False, True, False])]
    """
    edges = [0, *bounds, np.inf]
    names = [
        '0', *(f'{low}..{high - 1}' for low, high in zip(bounds, bounds[1:])),
        f'{bounds[-1]}..'
    ]
    groups = [(counts >= low) & (counts < high)
              for low, high in zip(edges, edges[1:])]
    return [(name, group) for name, group in zip(names, groups) if group.any()]


def mean_of_known(values: np.ndarray) -> float:
    """Mean of the classes that have a result, NaN if none has.

    Args:
        values (np.ndarray): Results, NaN for none, shape (C, ).

    Returns:
        float: The mean.

    Examples:
        >>> mean_of_known(np.array([.5, np.nan, .7]))
        0.6
    """
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float('nan')


def _read_rows(path: Path) -> List[Dict[str, str]]:
    """Lines of a CSV with a header."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist')
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path))))
    except (ValueError, csv.Error) as error:
        raise ValueError(f'{path} is not a CSV file ({error})') from error
    for index, row in enumerate(rows):
        # What `csv` calls more or fewer cells than the header has.
        if None in row or None in row.values():
            raise ValueError(f'{path}, line {index + 2}: it has another '
                             'number of cells than the header')
    if not rows:
        raise ValueError(f'{path} has no line below its header; write it with '
                         'python -m mmhoi.evaluation ... --per-class')
    return rows


def _choose(path: Union[str, Path], columns: List[str], asked: Optional[str],
            known: Sequence[str]) -> str:
    """The column that is asked for, or the first known one."""
    candidates = known if asked is None else [asked]
    for column in candidates:
        if column in columns:
            return column
    raise ValueError(f'{path} has no column {" or ".join(candidates)}; it '
                     f'has: {", ".join(map(str, columns))}')


def _number(path: Union[str, Path], index: int, row: Dict[str, str],
            column: str) -> float:
    """A cell as number; an empty one is NaN."""
    value = row[column]
    try:
        return float('nan' if value == '' else value)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{path}, line {index + 2}: {column} "{value}" is '
                         'not a number') from error


def _text(value: float) -> str:
    return '' if np.isnan(value) else f'{value:.6g}'
