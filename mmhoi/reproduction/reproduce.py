# Copyright (c) mmhoi contributors.
"""Make the tables of papers: plan, run what is missing, report."""
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from mmhoi.utils.error_lines import NO_SPACE
from mmhoi.utils.folder_lock import lock_folder
from mmhoi.utils.listing import shortened
from mmhoi.utils.run_config import check_writable
from mmhoi.utils.setup_error import SetupError
from .commands import shown_command, tool_command
from .devices import share_devices, usable_gpus
from .forms import Form, form_names, load_form
from .identity import Identifier, matters
from .planning import Lacking, Place, Plan, PlannedRun, make_plan
from .records import Results, differing
from .reporting import check_reports, write_reports
from .running import DiskFull, run_trainings
from .surroundings import read_commit
from .table import Table, choose, load_table, table_names
from .training import Testing, Training


@dataclass
class Request:
    """What the command line asks for.

    Attributes:
        table (str): Name of a table, or `all`.
        out (Path): Folder of the results.
        repository (Path): Where `configs` is.
        trainer (Path): The program that trains, `tools/train.py`.
        tester (Path): The program that tests, `tools/test.py`.
        seeds (list[int]): Seeds of each run.
        form (str): Name of the form.
        rows (list[str], optional): Rows to make; None for all.
        settings (list[str], optional): Settings to make; None for all.
        options (dict): Config options of all runs, by dotted keys.
        jobs (int, optional): Runs side by side; None for what the GPUs are
            enough for, one on a CPU.
        per_run (int): GPUs, or processes on a CPU, of each run.
        rerun (bool): Whether to make again what is of another recipe or data
            set.
    """
    table: str
    out: Path
    repository: Path
    trainer: Path
    tester: Path
    seeds: List[int] = field(default_factory=lambda: [0])
    form: str = 'mini_synhico'
    rows: Optional[List[str]] = None
    settings: Optional[List[str]] = None
    options: Dict[str, Any] = field(default_factory=dict)
    jobs: Optional[int] = None
    per_run: int = 1
    rerun: bool = False


class Reproduction:
    """The making of tables.

    Args:
        request (Request): What is asked for.

    Raises:
        SetupError: If there is no such table, row, setting or config.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        names = table_names() if request.table == 'all' else [request.table]
        self.tables: List[Table] = [load_table(name) for name in names]
        self.form: Form = load_form(request.form)
        self.results = Results(request.out)
        self.identifier = Identifier(request.per_run, self.form.prepare)
        self._plans: Dict[Tuple[int, ...], Plan] = {}
        rows = choose(self.tables, 'rows', request.rows)
        settings = choose(self.tables, 'settings', request.settings)

        def wanted(cell: Union[Place, Lacking]) -> bool:
            return (cell.table in names and (rows is None or cell.row in rows)
                    and (settings is None or cell.setting in settings))

        self.plan: Plan = self._plan(request.seeds).select(wanted)
        if not self.plan.runs:
            reasons = [str(cell) for cell in self.plan.lacking]
            raise SetupError(
                f'--config-suffix {request.form} has no config for any run '
                f'that is asked for ({shortened(reasons, 3)}). Known '
                f'suffixes: {", ".join(form_names())}')

    def show(self) -> None:
        """Print the plan with its commands; needs no data."""
        for line in self._overview():
            print(line)
        for run in self.plan.runs:
            print(f'{self._state(run)}: '
                  f'{"; ".join(f"{p.table} {p}" for p in run.places)}')
            print(f'    {shlex.join(shown_command(self._command(run)))}')
            if self._state(run) != 'to run':
                for text in self._others(run):
                    print(f'    note: {text}')

    def make(self) -> int:
        """Run what is missing and write the reports.

        Returns:
            int: Exit status: 1 if a run has failed.

        Raises:
            SetupError: If the folder has results of something else, data are
                missing, or no space is left.
            KeyboardInterrupt: After Ctrl-C or SIGTERM.
        """
        try:
            return self._make()
        except OSError as error:
            if error.errno in NO_SPACE:
                raise DiskFull(self.request.out) from error
            raise

    def _make(self) -> int:
        check_writable(str(self.request.out), '--out')
        # Kept open, so that it is kept locked.
        lock = lock_folder(str(self.request.out), '--out')
        self._check_reports()
        commit = read_commit(self.request.repository)
        self._refuse_others()
        self._tell_other_commits(commit)
        for line in self._overview():
            print(line, flush=True)
        trainings = []
        for run in self.plan.runs:
            record = self.results.done(run)
            if record is not None:
                self.results.write(run, record)
            else:
                self._check_weights(run)
                trainings.append(self._training(run, commit))
        places = share_devices(usable_gpus(), self.request.per_run,
                               self.request.jobs) if trainings else []
        failed = run_trainings(trainings, places, self.request.out)
        self.report()
        lock.close()
        if failed:
            print(f'{len(failed)} of {len(trainings)} runs have failed: '
                  f'{shortened(failed)}; the same command tries them again')
        return int(bool(failed))

    def report(self, only: bool = False) -> None:
        """Write the reports of what the folder has.

        Args:
            only (bool): Whether to take results as they are, not only those
                of the recipe and the data of now. Defaults to False.
        """
        self._check_reports()
        for table in self.tables:
            write_reports(table, self.form, self.results,
                          None if only else self._fits)

    def _check_reports(self) -> None:
        for table in self.tables:
            check_reports(table, self.results)

    def _plan(self, seeds: Sequence[int]) -> Plan:
        """The plan of all tables: one of another may share a run."""
        key = tuple(seeds)
        if key not in self._plans:
            self._plans[key] = make_plan(
                [load_table(name) for name in table_names()], self.form,
                self.request.repository / 'configs', seeds,
                self.request.options)
        return self._plans[key]

    def _fits(self, record: Dict[str, Any]) -> bool:
        """Whether a result of the folder is of the recipe of now."""
        place = Place(*(record[key] for key in Place._fields))
        run = next(
            (run
             for run in self._plan([place.seed]).runs if place in run.places),
            None)
        return run is not None and not self.identifier.identify(
            run).differences(record)

    def _command(self, run: PlannedRun) -> List[str]:
        tool, more = self.request.trainer, ['--resume']
        if run.weights_of is not None:
            tool, more = self.request.tester, [str(self._checkpoint(run))]
        return tool_command(tool, run.config, more, self.results.folder(run),
                            run.all_options, self.request.per_run)

    def _checkpoint(self, run: PlannedRun) -> Path:
        """What a test is made with."""
        kind, step = self.identifier.last_step(run.weights_of)
        return self.results.folder(run.weights_of) / f'{kind}_{step}.pth'

    def _state(self, run: PlannedRun) -> str:
        if self.results.done(run) is not None:
            return 'done'
        return 'goes on' if self.results.begun(run) else 'to run'

    def _overview(self) -> List[str]:
        states = [self._state(run) for run in self.plan.runs]
        done, on, new = map(states.count, ('done', 'goes on', 'to run'))
        return [
            f'{"; ".join(table.title for table in self.tables)} '
            f'({self.form.title}): {done} runs are done, {on} go on, {new} '
            'to run', *(f'    {cell}' for cell in self.plan.lacking)
        ]

    def _check_weights(self, run: PlannedRun) -> None:
        """Refuse a test of weights that are gone."""
        other = run.weights_of
        if other is not None and self.results.done(other) is not None and (
                not self._checkpoint(run).is_file()):
            paths = [str(self.results.path(p)) for p in other.places]
            raise SetupError(
                f'{run.places[0]} tests "{self._checkpoint(run)}", which does '
                f'not exist: delete {" and ".join(paths)}, so that it is '
                'trained again')

    def _others(self, run: PlannedRun) -> List[str]:
        """What the folder has of a run that does not fit."""
        return differing(self.results, run, self.identifier.identify(run))

    def _refuse_others(self) -> None:
        """Refuse results of another recipe or data set, or set them aside."""
        others = []
        for run in self.plan.runs:
            texts = self._others(run)
            if texts and self.request.rerun:
                self.results.set_aside(run)
            else:
                others += texts
        if others:
            raise SetupError(
                f'{shortened(others, 2)}; results of both would be mixed. '
                'Choose another --out, or make these again with --rerun')

    def _tell_other_commits(self, commit: Dict[str, Any]) -> None:
        others: Dict[str, int] = {}
        for run in self.plan.runs:
            record = self.results.done(run) or self.results.begun(run) or {}
            for one in record.get('commits', []):
                if one['commit'] != commit['commit']:
                    others[one['commit']] = others.get(one['commit'], 0) + 1
        for name, count in others.items():
            print(f'note: {count} runs are of commit {name}, not of '
                  f'{commit["commit"]}; the table names both')

    def _training(self, run: PlannedRun, commit: Dict[str, Any]) -> Training:
        tables = {table.name: table for table in self.tables}
        # One that is asked for, of those that share the run.
        place = next(p for p in run.places if p.table in tables)
        given = {
            key: value
            for key, value in self.request.options.items() if matters(key)
        }
        kind = Training if run.weights_of is None else Testing
        return kind(
            name=f'{place.table} {place}',
            run=run,
            results=self.results,
            identity=self.identifier.identify(run),
            commit=commit,
            command=self._command(run),
            last_step=self.identifier.last_step(run.weights_of or run)[1],
            shown=tables[place.table].metrics,
            facts=dict(form=self.form.name, given=given))
