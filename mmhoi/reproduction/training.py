# Copyright (c) mmhoi contributors.
"""A training or a test that is to run, and the result that it leaves."""
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from mmhoi.utils.setup_error import SetupError
from .commands import near, shown_command
from .identity import Identity
from .planning import PlannedRun
from .records import Results
from .scalars import last_and_best, read_metrics, read_test_metrics
from .surroundings import read_processor, read_versions

#: By which the best step of a run is chosen; every table has it.
MAIN = 'hico/full'


@dataclass
class Training:
    """A planned run with all that its result tells.

    Attributes:
        name (str): What it is called in messages.
        run (PlannedRun): The run.
        results (Results): Where its result goes.
        identity (Identity): What it is made of.
        commit (dict): Of :func:`read_commit`.
        command (list[str]): The command line.
        last_step (int): The step with which it ends.
        shown (dict[str, str]): Titles of the metrics to tell of.
        facts (dict): What else the result has.
    """
    name: str
    run: PlannedRun
    results: Results
    identity: Identity
    commit: Dict[str, Any]
    command: List[str]
    last_step: int
    shown: Dict[str, str]
    facts: Dict[str, Any]

    @property
    def needs(self) -> Optional[str]:
        """Name of the run that must have ended before."""
        return None

    @property
    def folder(self) -> Path:
        """The work dir."""
        return self.results.folder(self.run)

    def read_metrics(self) -> Dict[int, Dict[str, float]]:
        """Metrics in the work dir by step."""
        return read_metrics(self.folder, MAIN)

    def begin(self) -> None:
        """Note in the work dir what begins or goes on there."""
        self.results.begin(self.run, self.identity, self.commit)

    def stop(self, seconds: float) -> None:
        """Note the time of an attempt that did not come to its end.

        Args:
            seconds (float): How long it was.
        """
        self.results.add_time(self.run, seconds)

    def finish(self, seconds: float) -> str:
        """Write the result of a training that has ended.

        Args:
            seconds (float): How long the last attempt was.

        Returns:
            str: Its metrics in words.

        Raises:
            SetupError: If it lacks the metrics of its last step.
        """
        self.results.add_time(self.run, seconds)
        metrics = self.read_metrics()
        if max(metrics, default=0) < self.last_step:
            raise SetupError(f'it ended without {MAIN} of its last step, '
                             f'{self.last_step}')
        begun = self.results.begun(self.run)
        chosen = last_and_best(metrics, MAIN)
        self.results.write(
            self.run,
            dict(
                run=self.run.name,
                metrics=chosen,
                config=near(self.run.config),
                options=self.run.options,
                **self.facts,
                **self.identity.as_dict(),
                commits=begun['commits'],
                versions=read_versions(),
                processor=read_processor(),
                seconds=begun['seconds'],
                command=shlex.join(shown_command(self.command))))
        return ', '.join(f'{title} {chosen["last"][key]:.2f}'
                         for key, title in self.shown.items()
                         if key in chosen['last'])


class Testing(Training):
    """A test of the weights of another run."""

    @property
    def needs(self) -> Optional[str]:
        """Name of the run that must have ended before."""
        return self.run.weights_of.name

    def read_metrics(self) -> Dict[int, Dict[str, float]]:
        """Metrics in the work dir, of the last step of the training."""
        metrics = read_test_metrics(self.folder)
        return {self.last_step: metrics} if MAIN in metrics else {}
