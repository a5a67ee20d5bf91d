# Copyright (c) mmhoi contributors.
"""Tools of the package in processes that can be killed."""
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[2]
#: What a run prints at each step of training and each validation.
STEP = 'INFO - Epoch('


class Runs:
    """Starts tools of the package in processes that are copies of this one.

    So a run need not import anything.

    Args:
        work (Path): Folder for everything.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.log = work / 'log.txt'

    def start(self, tool: str, *args: object, **environ: str) -> int:
        """Start a tool; returns the number of its process.

        Args:
            tool (str): Its path below `tools/`.
            *args (object): Its arguments.
            **environ (str): Environment variables.
        """
        sys.stdout.flush()
        process = os.fork()
        if process:
            return process
        status = 1
        try:
            os.setsid()
            with self.log.open('a') as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            os.environ.update(environ)
            _become_processes(int(environ.get('WORLD_SIZE', 1)))
            path = ROOT / 'tools' / tool
            sys.argv = [str(path), *map(str, args)]
            spec = importlib.util.spec_from_file_location('tool', path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            status = module.main() or 0
        except SystemExit as stop:
            print(stop.code)
            status = 0 if stop.code in (0, None) else 1
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status if isinstance(status, int) else 1)

    def run(self, *args: object, **options: object) -> str:
        """Run a tool to its end; returns what it printed."""
        before = self.log.stat().st_size if self.log.exists() else 0
        _, status = os.waitpid(self.start(*args, **options), 0)
        with self.log.open(errors='replace') as file:
            file.seek(before)
            text = file.read()
        self.failed = status != 0
        return text

    def kill(self, process: int, moment: Callable[[float], bool]) -> bool:
        """Kill a run as soon as it is the moment; whether it came."""
        begin = time.perf_counter()
        while not moment(time.perf_counter() - begin):
            if os.waitpid(process, os.WNOHANG)[0]:
                return False
            time.sleep(2e-4)
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return True


class SmallDisk:
    """A file system of its own at a folder, in memory; needs root.

    Args:
        folder (Path): Where; it is made.
        size (int): Bytes of the disk.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        folder.mkdir()
        subprocess.run(
            ['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', folder],
            check=True)

    def grow(self) -> None:
        """Give it 1 GB."""
        subprocess.run(['mount', '-o', 'remount,size=1G', self.folder],
                       check=True)

    def close(self) -> None:
        """Delete it and all that it has."""
        subprocess.run(['umount', '-l', self.folder], check=True)


def _become_processes(number: int) -> None:
    """Go on as several processes, as a launcher starts them."""
    if number == 1:
        return
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    ranks = []
    for rank in range(number):
        ranks.append(os.fork())
        if not ranks[-1]:
            os.environ.update(
                RANK=str(rank),
                LOCAL_RANK=str(rank),
                MASTER_ADDR='127.0.0.1',
                MASTER_PORT=str(port))
            return
    # One that fails leaves the others waiting.
    status = 0
    for _ in ranks:
        status = status or os.waitpid(0, 0)[1]
        if status:
            os.killpg(0, signal.SIGKILL)
    os._exit(0)


def after_steps(log: Path, steps: float, seconds: float) -> Callable:
    """The moment some steps, and a part of one, after now.

    Not by time alone: other programs can make a run faster or slower.

    Args:
        log (Path): What the run prints.
        steps (float): Number of steps.
        seconds (float): About how long one is.
    """
    start = log.stat().st_size
    reached = []

    def moment(passed: float) -> bool:
        time.sleep(5e-3)
        with log.open('rb') as file:
            file.seek(start)
            if file.read().count(STEP.encode()) < int(steps):
                return False
        reached.append(passed)
        return passed - reached[0] > (steps % 1) * seconds

    return moment


def while_writing(folder: Path, pattern: str, number: int = 1) -> Callable:
    """The moment when the n-th file of a kind is being written."""
    seen = set()

    def moment(_: float) -> bool:
        seen.update(folder.rglob(f'{pattern}.*.unfinished'))
        return len(seen) >= number

    return moment
