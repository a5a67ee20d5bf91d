# Copyright (c) mmhoi contributors.
"""Which runs a table takes."""
from dataclasses import dataclass, field
from pathlib import Path
from typing import (Any, Callable, Dict, Iterator, List, NamedTuple, Optional,
                    Sequence, Tuple)

from .forms import Form
from .table import Row, Setting, Table


class Place(NamedTuple):
    """A cell of a table, of one seed."""
    table: str
    row: str
    setting: str
    seed: int

    def __str__(self) -> str:
        return f'{self.row} {self.setting} seed {self.seed}'


@dataclass
class PlannedRun:
    """A training or a test, which may stand in several tables.

    Attributes:
        name (str): Of its folder.
        config (Path): The config file.
        options (dict): Config options by dotted keys, without the seed.
        seed (int): The seed.
        weights_of (PlannedRun, optional): The training whose last checkpoint
            is tested; None if this is a training itself.
        places (list[Place]): Where its result stands.
    """
    name: str
    config: Path
    options: Dict[str, Any]
    seed: int
    weights_of: Optional['PlannedRun'] = None
    places: List[Place] = field(default_factory=list)

    @property
    def all_options(self) -> Dict[str, Any]:
        """Config options with the seed."""
        return {**self.options, 'randomness.seed': self.seed}


class Lacking(NamedTuple):
    """A cell that no config is there for."""
    table: str
    row: str
    setting: str
    reason: str

    def __str__(self) -> str:
        return f'{self.table}: {self.row} {self.setting}: {self.reason}'


@dataclass
class Plan:
    """Runs in the order in which they begin.

    Attributes:
        runs (list[PlannedRun]): Seed by seed, so that the tables have all
            cells early.
        lacking (list[Lacking]): Cells without a config.
    """
    runs: List[PlannedRun]
    lacking: List[Lacking]

    def select(self, wanted: Callable[[Any], bool]) -> 'Plan':
        """The part of a plan that has certain cells.

        Args:
            wanted (Callable): Tells of a `Place` or `Lacking` whether it is
                one of them.

        Returns:
            Plan: A run keeps all its places. Trainings whose weights are
            tested are in it, too.
        """
        chosen = [run for run in self.runs if any(map(wanted, run.places))]
        names = {run.name for run in chosen}
        names |= {
            run.weights_of.name
            for run in chosen if run.weights_of is not None
        }
        return Plan([run for run in self.runs if run.name in names],
                    list(filter(wanted, self.lacking)))


def make_plan(tables: Sequence[Table], form: Form, configs: Path,
              seeds: Sequence[int], options: Dict[str, Any]) -> Plan:
    """Plan the runs of tables.

    Args:
        tables (Sequence[Table]): The tables.
        form (Form): The form of their rows.
        configs (Path): Folder of the configs.
        seeds (Sequence[int]): Seeds of each run.
        options (dict): Config options of the user, by dotted keys.

    Returns:
        Plan: The plan. Cells of the same config and options share a run.
    """
    files = {path.stem: path for path in configs.glob('[!_]*/**/*.py')}
    lacking: List[Lacking] = []
    runs: Dict[str, PlannedRun] = {}
    cells = [(table, *cell) for table in tables
             for cell in _cells(table, form, files, lacking)]
    for seed in seeds:
        of_cells: Dict[Place, PlannedRun] = {}
        for table, row, setting, source in cells:
            place = Place(table.name, row.name, setting.name, seed)
            tested = row.weights_of and of_cells[place._replace(
                row=row.weights_of)]
            own = {
                **form.recipe(row.name, setting.name),
                **source.options,
                **options
            }
            stem = f'{source.name}{"_tested" if tested else ""}'
            name = f'{stem}_seed{seed}'
            if name in runs and runs[name].options != own:
                name = f'{stem}_{table.name}_seed{seed}'
            run = runs.setdefault(
                name,
                PlannedRun(name, files[source.config], own, seed, tested
                           or None))
            run.places.append(place)
            of_cells[place] = run
    return Plan(list(runs.values()), lacking)


class _Source(NamedTuple):
    """A config of a cell.

    Attributes:
        config (str): Its name.
        options (dict): What is changed in it.
        name (str): Its name with what is changed.
    """
    config: str
    options: Dict[str, Any]
    name: str


def _cells(table: Table, form: Form, files: Dict[str, Path],
           lacking: List[Lacking]) -> Iterator[Tuple[Row, Setting, _Source]]:
    """Row, setting and config of each cell; names those that lack one."""
    for setting in table.settings:
        for row in table.rows:
            sources = _sources(row, setting, form)
            found = next((s for s in sources if s.config in files), None)
            needed = row.parent or row.weights_of
            parent = needed and _sources(table.row(needed), setting, form)
            if parent and not any(s.config in files for s in parent):
                reason = f'left out, as {needed} lacks it'
            elif found is None:
                names = ' or '.join(dict.fromkeys(s.config for s in sources))
                reason = f'no config {names}'
            else:
                yield row, setting, found
                continue
            lacking.append(Lacking(table.name, row.name, setting.name, reason))


def _sources(row: Row, setting: Setting, form: Form) -> List[_Source]:
    """Configs to look for."""
    spelling = row.spellings.get(form.name, form.name)
    sources = []
    for source in row.configs:
        config = source.config.format(form=spelling, setting=setting.suffix)
        options, name = dict(source.options), config
        if options:
            name += f'_{row.name}'
        if '{setting}' not in source.config:
            options.update(setting.options)
            name += setting.suffix
        sources.append(_Source(config, options, name))
    return sources
