# Copyright (c) mmhoi contributors.
"""Programs that end when the one that has started them ends."""
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Dict, List, Sequence

_PR_SET_PDEATHSIG = 1
#: How long programs have to end by themselves.
SECONDS_TO_END = 20.


def start_child(command: Sequence[str], log: IO,
                variables: Dict[str, str]) -> subprocess.Popen:
    """Start a program.

    It is alone in its group, so that Ctrl-C reaches it through this process
    only. On Linux it ends with this process, also when that is killed.

    Args:
        command (Sequence[str]): The command line.
        log (IO): Open binary file for all that it prints.
        variables (dict[str, str]): Environment variables beside those of this
            process.

    Returns:
        Popen: The program.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == 'linux' else None

    def prepare() -> None:
        # A shell's background jobs ignore it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={
            **os.environ,
            **variables
        },
        start_new_session=True,
        preexec_fn=prepare)


def end_children(children: Sequence[subprocess.Popen]) -> None:
    """End programs: first as Ctrl-C does, then by force, with all theirs.

    Args:
        children (Sequence[Popen]): Programs of :func:`start_child`.
    """
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
    deadline = time.monotonic() + SECONDS_TO_END
    for child in children:
        try:
            child.wait(max(deadline - time.monotonic(), 0.))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        child.wait()


def last_lines(path: Path, start: int, count: int) -> List[str]:
    """The last lines of a log.

    Args:
        path (Path): The log.
        start (int): Byte at which to begin.
        count (int): How many lines.

    Returns:
        list[str]: Lines that are not empty, and before them the last one that
        tells of an error: launchers say more after it.
    """
    with path.open('rb') as file:
        file.seek(start)
        text = file.read().decode('utf-8', 'replace')
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith('error: ')][-1:]
    last = lines[-count:]
    return last if set(errors) <= set(last) else errors + last
