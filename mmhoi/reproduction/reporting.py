# Copyright (c) mmhoi contributors.
"""The files of a table: Markdown, JSON and a picture."""
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from mmhoi.utils.listing import shortened
from mmhoi.utils.own_results import check_replaceable
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import (TextFileError, open_to_write, read_json,
                                    write_json)
from .agreement import agree
from .forms import Form
from .planning import Place
from .plot import draw_table
from .records import Results, check_alike
from .report import json_report, markdown_report
from .summary import summarize
from .table import Table


def write_reports(
        table: Table,
        form: Form,
        results: Results,
        fits: Optional[Callable[[Dict[str, Any]], bool]] = None) -> None:
    """Write `OUT/<table>.md`, `.json` and `.png` of all results of a table.

    Args:
        table (Table): The table.
        form (Form): The form of its rows.
        results (Results): The folder.
        fits (Callable, optional): Tells of a result whether it is to be in
            the table; others are named. Defaults to None: all are.

    Raises:
        SetupError: If results do not fit into one table.
    """
    records = read_records(table, results)
    others = [r for r in records if fits is not None and not fits(r)]
    if others:
        names = [f'{r["row"]} {r["setting"]} seed {r["seed"]}' for r in others]
        print(f'note: left out of {table.name}, as of another recipe or data '
              f'set: {shortened(names)}')
    records = [record for record in records if record not in others]
    if not records:
        print(f'{table.name}: "{results.out}" has no results yet')
        return
    check_alike(records)
    cells = summarize(records)
    agreement = agree(table, cells)
    path = results.out / table.name
    text = markdown_report(table, form, records, cells, agreement)
    write_json(
        _with(path, '.json'),
        json_report(table, form, records, cells, agreement),
        indent=1)
    with open_to_write(_with(path, '.md')) as file:
        file.write(text)
    draw_table(table, cells, _with(path, '.png'))
    print(f'written: {_with(path, ".md")}, .json and .png '
          f'({len(records)} results)')


def check_reports(table: Table, results: Results) -> None:
    """Refuse to replace files that are no reports of this tool.

    Args:
        table (Table): The table.
        results (Results): The folder.

    Raises:
        SetupError: If the folder has others of these names.
    """
    path = results.out / table.name
    figures, text = _with(path, '.json'), _with(path, '.md')
    if not figures.exists() and not text.exists():
        return
    try:
        own = 'made_with' in read_json(figures)
    except (OSError, TextFileError, TypeError):
        own = False
    if not own:
        raise SetupError(
            f'"{text}" and "{figures}" would be replaced, and are not both '
            'reports of this tool; choose another --out, or move them')
    check_replaceable(_with(path, '.png'))


def read_records(table: Table, results: Results) -> List[Dict[str, Any]]:
    """All results of a table that a folder has.

    Args:
        table (Table): The table.
        results (Results): The folder.

    Returns:
        list[dict]: By setting, row and seed.
    """
    records = []
    for setting in table.settings:
        for row in table.rows:
            start = f'{row.name}_{setting.name}_seed'
            numbers = (
                path.stem[len(start):]
                for path in (results.out / table.name).glob(f'{start}*.json'))
            seeds = sorted(int(n) for n in numbers if n.isdecimal())
            records += [
                results.read(Place(table.name, row.name, setting.name, seed))
                for seed in seeds
            ]
    return records


def _with(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
