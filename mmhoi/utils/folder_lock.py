# Copyright (c) mmhoi contributors.
"""One run at a time in a work dir."""
import os
import socket
from pathlib import Path
from typing import IO

from .setup_error import SetupError

NAME = '.lock'


def lock_folder(folder: str, option: str = '--work-dir') -> IO:
    """Make sure that no other process trains into a folder.

    The lock ends with this process, however that ends, or when the file is
    closed. It is not copied with the folder.

    Args:
        folder (str): The folder, which exists.
        option (str): Command line option that names another folder. Defaults
            to '--work-dir'.

    Returns:
        IO: The open lock file, to be kept as long as the folder is used.

    Raises:
        SetupError: If another process has the lock.
    """
    file = open(Path(folder, NAME), 'a+', encoding='utf-8')
    try:
        # Not on Windows.
        import fcntl

        # Unlike `flock`, processes that load data do not inherit it.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError) as error:
        file.seek(0)
        owner = file.read().strip() or 'another process'
        file.close()
        raise SetupError(
            f'{owner} is training into the folder "{folder}"; two runs would '
            f'mix their checkpoints. Choose another folder with {option}, or '
            'wait') from error
    except (ImportError, OSError):
        # Some network file systems have no locks.
        return file
    file.truncate(0)
    file.write(f'process {os.getpid()} on {socket.gethostname()}')
    file.flush()
    return file


def is_first_process() -> bool:
    """Whether this is the process with rank 0, before processes know.

    Returns:
        bool: What the launchers' variables say; True without a launcher.
    """
    names = 'RANK', 'SLURM_PROCID', 'OMPI_COMM_WORLD_RANK'
    rank = next((os.environ[name] for name in names if name in os.environ), 0)
    return int(rank) == 0
