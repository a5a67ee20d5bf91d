# Copyright (c) mmhoi contributors.
"""A table as Markdown and as JSON."""
from typing import Any, Dict, Iterator, List, Optional, Sequence

from .agreement import Agreement, Effect
from .forms import Form
from .summary import Cells, num_seeds
from .table import Published, Row, Setting, Table

THEIRS = 'theirs (HICO-DET)'


def markdown_report(table: Table, form: Form, records: Sequence[Dict[str,
                                                                     Any]],
                    cells: Cells, agreement: Agreement) -> str:
    """Write a table as Markdown.

    Args:
        table (Table): The table.
        form (Form): The form of its rows.
        records (Sequence[dict]): Its results.
        cells (dict): The same, of :func:`summarize`.
        agreement (Agreement): Of :func:`agree`.

    Returns:
        str: The text. Published figures have columns of their own.
    """
    seeds = sorted({record['seed'] for record in records})
    lines = [
        f'# {table.title}', '',
        f'{form.title[0].upper()}{form.title[1:]}; mAP of the last step, mean '
        '± standard deviation over the seeds (n - 1); seeds '
        f'{", ".join(map(str, seeds))}.'
    ]
    if table.note:
        lines += ['', table.note]
    if len(table.metrics) == 1:
        lines += ['', *_by_setting(table, cells)]
    else:
        for setting in table.settings:
            if any(place[0] == setting.name for place in cells):
                lines += [
                    '', f'## {setting.title}', '',
                    *_block(table, setting, cells)
                ]
    lines += ['', *_sources(table, form)]
    lines += ['', '## Agreement', '', *_agreement(table, agreement)]
    lines += ['', '## Made with', '', *_made_with(records)]
    return '\n'.join(lines) + '\n'


def _block(table: Table, setting: Setting, cells: Cells) -> Iterator[str]:
    """The table of a setting with a column for each metric."""
    rows = [
        row for row in table.rows
        if (setting.name, row.name) in cells or setting.name in row.published
    ]
    theirs = any(setting.name in row.published for row in rows)
    boxes = len({row.boxes for row in table.rows}) > 1
    head = ['row', *table.metrics.values(), 'n', *(['boxes'] * boxes)]
    if theirs:
        head += [f'{name}, {THEIRS}' for name in table.metrics.values()]
        head += ['their boxes']
    yield from _head(head)
    for row in rows:
        metrics = cells.get((setting.name, row.name), {})
        line = [_title(row)]
        line += [str(metrics.get(key, '')) for key in table.metrics]
        line += [str(num_seeds(metrics) or ''), *([row.boxes] * boxes)]
        if theirs:
            line += _published_cells(table,
                                     row.published.get(setting.name, []))
        yield _line(line)


def _by_setting(table: Table, cells: Cells) -> Iterator[str]:
    """One table with a column for each setting, of a single metric."""
    key = table.main
    theirs = [
        s for s in table.settings
        if any(s.name in row.published for row in table.rows)
    ]
    yield from _head([
        'row', *(s.title for s in table.settings), 'n',
        *(f'{s.title}, {THEIRS}' for s in theirs)
    ])
    for row in table.rows:
        own = [cells.get((s.name, row.name), {}) for s in table.settings]
        counts = sorted({num_seeds(metrics) for metrics in own} - {0})
        yield _line([
            _title(row), *(str(metrics.get(key, '')) for metrics in own),
            ', '.join(map(str, counts)),
            *(_published_text(row.published.get(s.name, []), key)
              for s in theirs)
        ])


def _published_cells(table: Table, figures: List[Published]) -> List[str]:
    boxes = ', '.join(one.boxes or 'not stated' for one in figures)
    return [*(_published_text(figures, key) for key in table.metrics), boxes]


def _published_text(figures: List[Published], key: str) -> str:
    """Values of a metric, in the order of their boxes."""
    return ', '.join(f'{one.metrics[key]:.2f}' if key in one.metrics else '-'
                     for one in figures)


def _sources(table: Table, form: Form) -> Iterator[str]:
    """Where the published figures stand."""
    notes: Dict[str, List[str]] = {}
    for row in table.rows:
        for setting, figures in row.published.items():
            for one in figures:
                text = f'{row.title} {_setting(table, setting).title}'
                text += f' ({one.note})' if one.note else ''
                notes.setdefault(one.source, []).append(text)
    if notes:
        yield (f'Columns "{THEIRS}" are the figures of the authors, '
               f'{form.comparison}. Sources:')
        yield ''
        for source, texts in notes.items():
            yield f'- {source}: {", ".join(texts)}'


def _agreement(table: Table, agreement: Agreement) -> Iterator[str]:
    metric = table.metrics[table.main]
    if agreement.orders:
        yield f'Order of rows by {metric}, here and as published:'
        yield ''
        yield from _head(
            ['setting', 'published with', 'rows', "Kendall's tau"])
        for order in agreement.orders:
            boxes = (f'{order.boxes} boxes' if order.boxes
                     != (table.order or '..')[1] else order.boxes)
            names = ', '.join(table.row(name).title for name in order.rows)
            yield _line([
                _setting(table, order.setting).title, boxes, names,
                _number(order.tau)
            ])
    else:
        yield 'No two rows have published figures that can be compared.'
    if agreement.effects:
        yield ''
        yield (f'Gains in {metric}; one shows where it is more than two '
               'standard errors:')
        yield ''
        yield from _head([
            'setting', 'row', 'over', 'gain', 'standard error',
            f'gain, {THEIRS}', 'effect'
        ])
        for effect in agreement.effects:
            yield _line(_effect(table, effect))
    if agreement.trend is not None and agreement.trend.gains:
        trend = agreement.trend
        gains = ', '.join(f'{_setting(table, name).title} {gain:+.2f} '
                          f'({trend.relative.get(name, float("nan")):+.0f} %)'
                          for name, gain in trend.gains.items())
        yield ''
        yield (f'"{trend.claim}": {gains}; tau of the gains with this order '
               f'{_number(trend.tau)}.')


def _effect(table: Table, effect: Effect) -> List[str]:
    return [
        _setting(table, effect.setting).title,
        table.row(effect.better).title,
        table.row(effect.worse).title, f'{effect.gain:+.2f}',
        '' if effect.error is None else f'{effect.error:.2f}',
        '' if effect.published is None else f'{effect.published:+.2f}',
        effect.verdict
    ]


def made_with(records: Sequence[Dict[str, Any]]) -> Dict[str, List[str]]:
    """What results were made with.

    Args:
        records (Sequence[dict]): The results.

    Returns:
        dict[str, list[str]]: All values of `commits`, `versions` and
        `processors` that they have.
    """
    found: Dict[str, Dict[str, None]] = dict(
        commits={}, versions={}, processors={})
    for record in records:
        for one in record['commits']:
            text = one['commit'] + ('' if one['clean'] else ' with changes')
            found['commits'][text] = None
        versions = record.get('versions') or {}
        found['versions'][' '.join(f'{k} {v}'
                                   for k, v in versions.items())] = None
        found['processors'][record.get('processor', '')] = None
    return {name: list(values) for name, values in found.items()}


def _made_with(records: Sequence[Dict[str, Any]]) -> Iterator[str]:
    facts = made_with(records)
    if len(facts['commits']) > 1:
        yield '**Results of several commits are in this table.**'
        yield ''
    for name, values in facts.items():
        yield f'- {name}: {"; ".join(values)}'
    seconds = sum(record.get('seconds', 0.) for record in records)
    yield f'- time of all runs: {seconds / 60:.0f} min'


def json_report(table: Table, form: Form, records: Sequence[Dict[str, Any]],
                cells: Cells, agreement: Agreement) -> Dict[str, Any]:
    """A table for programs.

    Args:
        table (Table): The table.
        form (Form): The form of its rows.
        records (Sequence[dict]): Its results.
        cells (dict): The same, of :func:`summarize`.
        agreement (Agreement): Of :func:`agree`.

    Returns:
        dict: By setting and row the metrics with `mean`, `std` and `values`,
        and what was published apart from them.
    """
    own: Dict[str, Dict[str, Any]] = {}
    for (setting, row), metrics in cells.items():
        own.setdefault(setting, {})[row] = {
            key: dict(mean=cell.mean, std=cell.std, values=list(cell.values))
            for key, cell in metrics.items()
        }
    theirs: Dict[str, Dict[str, Any]] = {}
    for row in table.rows:
        for setting, figures in row.published.items():
            theirs.setdefault(setting,
                              {})[row.name] = [vars(one) for one in figures]
    return dict(
        table=table.name,
        form=form.name,
        own=own,
        published_on_hico_det=theirs,
        agreement=agreement.as_dict(),
        made_with=made_with(records))


def _setting(table: Table, name: str) -> Setting:
    return next(setting for setting in table.settings if setting.name == name)


def _title(row: Row) -> str:
    return f'&nbsp;&nbsp;{row.title}' if row.parent else row.title


def _head(names: Sequence[str]) -> Iterator[str]:
    yield _line(names)
    yield _line(['---'] * len(names))


def _line(cells: Sequence[str]) -> str:
    return f'| {" | ".join(cells)} |'


def _number(value: Optional[float]) -> str:
    return 'none' if value is None else f'{value:+.2f}'
