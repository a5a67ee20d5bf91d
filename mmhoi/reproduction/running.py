# Copyright (c) mmhoi contributors.
"""Runs, some side by side, each of which may fail."""
import shutil
import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from typing import Dict, List, Optional, Sequence

from mmhoi.utils.folder_lock import lock_folder
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.termination import raised_by_sigterm
from .children import end_children, last_lines, start_child
from .progress import duration_text, remaining_text, step_text
from .training import Training

LOG = 'train.log'
#: How often it is told where long trainings are.
TELL_SECONDS = 600.
_POLL_SECONDS = 0.1
_NUM_LINES = 6
#: What tools say of a full disk, and bytes that are less than one needs.
_FULL, _FULL_BYTES = 'no space is left', 1 << 20
#: How long a run of a tool that was killed may take to end.
_SECONDS_TO_LEAVE = 30.


class DiskFull(SetupError):
    """No space is left for results.

    Args:
        folder (Path): Their folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f'no space is left in "{folder}": free some and give the same '
            'command again, which goes on with what was interrupted')


class _Running:
    """A training that has begun."""

    def __init__(self, training: Training, variables: Dict[str, str]) -> None:
        self.training, self.variables = training, variables
        training.folder.mkdir(parents=True, exist_ok=True)
        _wait_for_leave(training.folder)
        training.begin()
        self.log = training.folder / LOG
        self.start_of_log = self.log.stat().st_size if self.log.exists() else 0
        self.began = time.monotonic()
        with self.log.open('ab') as log:
            self.process: Popen = start_child(training.command, log, variables)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


def run_trainings(trainings: Sequence[Training],
                  places: Sequence[Dict[str, str]], out: Path) -> List[str]:
    """Run trainings, as many at a time as there are places.

    Ctrl-C and SIGTERM end them in order.

    Args:
        trainings (Sequence[Training]): They, in the order in which they begin.
        places (Sequence[dict[str, str]]): Environment variables of those at
            the same time.
        out (Path): Folder of all results.

    Returns:
        list[str]: Names of those that have failed.

    Raises:
        DiskFull: If no space is left; the others end.
        KeyboardInterrupt: After Ctrl-C or SIGTERM.
    """
    work = _Work(trainings, places, out)
    try:
        with raised_by_sigterm(KeyboardInterrupt()):
            while work.left or work.running:
                work.start()
                work.collect()
                work.tell()
                time.sleep(_POLL_SECONDS if work.running else 0)
    finally:
        work.end()
    return list(work.failed.values())


class _Work:
    """Trainings that wait, that run and that have ended."""

    def __init__(self, trainings: Sequence[Training],
                 places: Sequence[Dict[str, str]], out: Path) -> None:
        self.count, self.num_places, self.out = len(trainings), len(
            places), out
        self.left, self.free = list(trainings), list(places)
        self.running: List[_Running] = []
        #: Names in messages by those of runs.
        self.failed: Dict[str, str] = {}
        self.times: List[float] = []
        self.told = time.monotonic()

    def start(self) -> None:
        """Start what can be, as long as there are places."""
        while self.free:
            training = self._next()
            if training is None:
                return
            self.left.remove(training)
            try:
                if training.needs in self.failed:
                    raise SetupError(f'it needs {self.failed[training.needs]}')
                one = _Running(training, self.free[0])
            except SetupError as error:
                self.failed[training.run.name] = training.name
                print(f'FAILED: {training.name}: {error}', flush=True)
                continue
            self.running.append(one)
            del self.free[0]
            print(
                f'[{self.count - len(self.left)}/{self.count}] begins: '
                f'{training.name} (log: {one.log})',
                flush=True)

    def _next(self) -> Optional[Training]:
        """The first that waits for none of the others."""
        waiting = {training.run.name for training in self.left}
        waiting |= {one.training.run.name for one in self.running}
        return next((t for t in self.left if t.needs not in waiting), None)

    def collect(self) -> None:
        """Take the results of those that have ended."""
        for done in [x for x in self.running if x.process.poll() is not None]:
            self.running.remove(done)
            self.free.insert(0, done.variables)
            seconds = done.seconds
            if _close(done, self.out):
                self.times.append(seconds)
            else:
                self.failed[done.training.run.name] = done.training.name
            text = remaining_text(self.times, len(self.left),
                                  len(self.running), self.num_places)
            print(f'    {text}', flush=True)

    def tell(self) -> None:
        """Print now and then where long trainings are."""
        if time.monotonic() > self.told + TELL_SECONDS:
            self.told = time.monotonic()
            for one in self.running:
                print(
                    f'    {one.training.name}: {step_text(one.log)}',
                    flush=True)

    def end(self) -> None:
        """End those that run."""
        end_children([one.process for one in self.running])
        for one in self.running:
            # Of what has ended the runs another error tells.
            with suppress(OSError):
                one.training.stop(one.seconds)


def _close(done: _Running, out: Path) -> bool:
    """Take the result of a training, or tell why there is none."""
    status, seconds = done.process.returncode, done.seconds
    training = done.training
    if status == 0:
        try:
            text = training.finish(seconds)
            print(
                f'done in {duration_text(seconds)}: {training.name}: {text}',
                flush=True)
            return True
        except SetupError as error:
            lines = [str(error)]
    else:
        lines = last_lines(done.log, done.start_of_log, _NUM_LINES)
        if any(_FULL in line for line in lines) or (shutil.disk_usage(out).free
                                                    < _FULL_BYTES):
            raise DiskFull(out)
        training.stop(seconds)
    print(f'FAILED with status {status} after {duration_text(seconds)}: '
          f'{training.name}; the last lines of {done.log}:')
    for line in lines:
        print(f'    {line}', flush=True)
    return False


def _wait_for_leave(folder: Path) -> None:
    """Wait for a run whose tool was killed, and which is about to end."""
    deadline = time.monotonic() + _SECONDS_TO_LEAVE
    while True:
        try:
            lock_folder(str(folder)).close()
            return
        except SetupError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
