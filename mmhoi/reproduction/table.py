# Copyright (c) mmhoi contributors.
"""Tables of papers as data: rows, settings, and what was published."""
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from mmhoi.utils.known_keys import nearest
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import read_json

FOLDER = Path(__file__).resolve().parent / 'tables'


@dataclass(frozen=True)
class Published:
    """Figures of others for a row in a setting.

    Attributes:
        metrics (dict[str, float]): Value in points by metric.
        source (str): Where they stand.
        boxes (str, optional): Where their boxes are from; None if that is not
            stated, so that they compare with nothing.
        note (str): What is different there.
    """
    metrics: Dict[str, float]
    source: str
    boxes: Optional[str]
    note: str = ''


@dataclass(frozen=True)
class Setting:
    """A column, or a block of columns: a split, or a share of the data.

    Attributes:
        name (str): What the command line calls it.
        title (str): What the report calls it.
        suffix (str): `{setting}` in the names of configs.
        options (dict): What makes it of a config that has no such name.
    """
    name: str
    title: str
    suffix: str
    options: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A config that a row may be made of.

    Attributes:
        config (str): Its name with `{form}` and `{setting}`. Without
            `{setting}` it gets the options of the setting.
        options (dict): What is changed in it.
    """
    config: str
    options: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A method.

    Attributes:
        name (str): What the command line calls it.
        title (str): What the report calls it.
        configs (list[Source]): What it is made of; the first that exists.
        boxes (str): Where its boxes are from.
        spellings (dict[str, str]): `{form}` where it is written otherwise.
        parent (str, optional): The row that this one takes a part from.
        weights_of (str, optional): A row above whose weights are tested with
            the config of this one, which is not trained.
        published (dict[str, list[Published]]): Figures of others by setting.
    """
    name: str
    title: str
    configs: List[Source]
    boxes: str
    spellings: Dict[str, str] = field(default_factory=dict)
    parent: Optional[str] = None
    weights_of: Optional[str] = None
    published: Dict[str, List[Published]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name (str): What the command line calls it.
        title (str): What the report calls it.
        metrics (dict[str, str]): Titles of the metrics that it shows.
        main (str): The metric of plot and agreement.
        chart (str): `bars` or `lines`.
        settings (list[Setting]): In the order of the report.
        rows (list[Row]): Likewise; rows of a parent follow it.
        effects (list[tuple[str, str]]): Pairs of rows of which the first is
            said to be better.
        order (tuple[list[str], str], optional): Rows from the worst to the
            best where figures are not known, and who says so.
        trend (tuple[list[str], str], optional): Two rows whose difference is
            said to grow from setting to setting, and the words for it.
        note (str): What is to be known of all rows.
    """
    name: str
    title: str
    metrics: Dict[str, str]
    main: str
    chart: str
    settings: List[Setting]
    rows: List[Row]
    effects: List[Tuple[str, str]]
    order: Optional[Tuple[List[str], str]] = None
    trend: Optional[Tuple[List[str], str]] = None
    note: str = ''

    def row(self, name: str) -> Row:
        """A row by its name."""
        return next(row for row in self.rows if row.name == name)


def table_names() -> List[str]:
    """Names of all tables.

    Examples:
        >>> table_names()
        ['ablation', 'low-data', 'verb-representation', 'zero-shot']
    """
    return sorted(path.stem for path in FOLDER.glob('*.json'))


def load_table(name: str) -> Table:
    """Read a table.

    Args:
        name (str): One of :func:`table_names`.

    Returns:
        Table: The table.

    Raises:
        SetupError: If there is none of that name.

    Examples:
        >>> [setting.name for setting in load_table('low-data').settings]
        ['100', '50', '25', '15', '5']
    """
    known = table_names()
    if name not in known:
        raise SetupError(f'there is no table "{name}"{nearest(name, known)}; '
                         f'allowed: {", ".join(known)}, all')
    content = read_json(FOLDER / f'{name}.json')
    order, trend = content.pop('order', None), content.pop('trend', None)
    return Table(
        name=name,
        settings=[Setting(**part) for part in content.pop('settings')],
        rows=[_row(**part) for part in content.pop('rows')],
        effects=[tuple(pair) for pair in content.pop('effects')],
        order=order and (order['rows'], order['source']),
        trend=trend and (trend['rows'], trend['claim']),
        **content)


def _row(configs: List[Any],
         published: Optional[Dict[str, List[dict]]] = None,
         **content: Any) -> Row:
    sources = [
        Source(one) if isinstance(one, str) else Source(**one)
        for one in configs
    ]
    figures = {
        setting: [Published(**part) for part in parts]
        for setting, parts in (published or {}).items()
    }
    return Row(configs=sources, published=figures, **content)


def choose(tables: Sequence[Table], kind: str,
           names: Optional[Sequence[str]]) -> Optional[Sequence[str]]:
    """Check names of rows or settings that a user has chosen.

    Args:
        tables (Sequence[Table]): The tables.
        kind (str): `rows` or `settings`.
        names (Sequence[str], optional): The names; None for all.

    Returns:
        Sequence[str] | None: The names.

    Raises:
        SetupError: If no table has one of them.
    """
    known = list(
        dict.fromkeys(
            part.name for table in tables for part in getattr(table, kind)))
    for name in names or ():
        if name not in known:
            raise SetupError(
                f'--{kind} {name}: {" and ".join(t.name for t in tables)} '
                f'has no such part{nearest(name, known)}; allowed: '
                f'{", ".join(known)}')
    return names
