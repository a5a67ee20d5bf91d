# Copyright (c) mmhoi contributors.
"""Runs, some side by side, each of which may fail."""
import shutil
import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen
from typing import Dict, Iterator, List, Optional, Sequence

from mmhoi.utils.folder_lock import lock_folder
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.termination import raised_by_sigterm
from .children import end_children, last_lines, start_child
from .training import Training

LOG = 'train.log'
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
    left, free, running = list(trainings), list(places), []
    failed: Dict[str, str] = {}
    times: List[float] = []
    try:
        with raised_by_sigterm(KeyboardInterrupt()):
            while left or running:
                while free:
                    training = _next(left, running)
                    if training is None:
                        break
                    left.remove(training)
                    one = _start(training, free[0], failed)
                    if one is None:
                        failed[training.run.name] = training.name
                        continue
                    running.append(one)
                    del free[0]
                    print(
                        f'[{len(trainings) - len(left)}/{len(trainings)}] '
                        f'begins: {one.training.name} (log: {one.log})',
                        flush=True)
                for done in _ended(running):
                    running.remove(done)
                    free.insert(0, done.variables)
                    seconds = done.seconds
                    if not _close(done, out):
                        failed[done.training.run.name] = done.training.name
                    else:
                        times.append(seconds)
                    print(
                        _remaining(times, len(left), len(running),
                                   len(places)),
                        flush=True)
                time.sleep(_POLL_SECONDS if running else 0)
    finally:
        end_children([one.process for one in running])
        for one in running:
            # Of what has ended the runs another error tells.
            with suppress(OSError):
                one.training.stop(one.seconds)
    return list(failed.values())


def _next(left: Sequence[Training],
          running: Sequence[_Running]) -> Optional[Training]:
    """The first that waits for none of the others."""
    waiting = {training.run.name for training in left}
    waiting |= {one.training.run.name for one in running}
    return next((t for t in left if t.needs not in waiting), None)


def _start(training: Training, variables: Dict[str, str],
           failed: Dict[str, str]) -> Optional[_Running]:
    """Start a training; None if that cannot be."""
    try:
        if training.needs in failed:
            raise SetupError(f'it needs {failed[training.needs]}')
        return _Running(training, variables)
    except SetupError as error:
        print(f'FAILED: {training.name}: {error}', flush=True)
        return None


def _ended(running: Sequence[_Running]) -> Iterator[_Running]:
    yield from [one for one in running if one.process.poll() is not None]


def _close(done: _Running, out: Path) -> bool:
    """Take the result of a training, or tell why there is none."""
    status, seconds = done.process.returncode, done.seconds
    training = done.training
    if status == 0:
        try:
            text = training.finish(seconds)
            print(
                f'done in {_duration(seconds)}: {training.name}: {text}',
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
    print(f'FAILED with status {status} after {_duration(seconds)}: '
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


def _remaining(times: Sequence[float], num_left: int, num_running: int,
               num_places: int) -> str:
    """How long it may take still."""
    number = num_left + num_running
    text = f'    {number} to go'
    if times and number:
        # Those that run are half done, about.
        rest = (num_left + num_running / 2) / num_places
        text += f', about {_duration(rest * sum(times) / len(times))}'
    return text


def _duration(seconds: float) -> str:
    """A time in words.

    Examples:
        >>> _duration(3.4), _duration(600), _duration(7500)
        ('3 s', '10 min', '2 h 5 min')
    """
    if seconds < 90:
        return f'{seconds:.0f} s'
    minutes = round(seconds / 60)
    if minutes < 90:
        return f'{minutes} min'
    return f'{minutes // 60} h {minutes % 60} min'
