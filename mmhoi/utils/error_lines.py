# Copyright (c) mmhoi contributors.
"""One line for what a user can mend, instead of a traceback."""
import errno
import re
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Optional

from .setup_error import SetupError

#: Parts of messages of libraries, and what is to be said after them.
_REMEDIES = (
    (r'Bus error|shared memory|shm',
     'processes that load data ran out of shared memory: set '
     'train_dataloader.num_workers=0 (val_dataloader, test_dataloader), or '
     'give the container more (docker run --shm-size)'),
    (r'DataLoader worker .*(killed|exited)',
     'a process that loads data was killed, most often for memory: reduce '
     'train_dataloader.num_workers or batch_size (val_, test_dataloader)'),
    (r'out of memory|can.t allocate memory|Cannot allocate memory',
     'reduce train_dataloader.batch_size (val_dataloader, test_dataloader) or '
     'the image size, or use --amp'),
    (r'(?i)EADDRINUSE|address already in use',
     'another distributed run uses this port: choose one by PORT=29501 '
     'tools/dist_train.sh ...'),
    (r'invalid device ordinal|Invalid device id',
     'more processes were started than this machine has GPUs: give '
     'tools/dist_train.sh a smaller number, or correct CUDA_VISIBLE_DEVICES'),
    (r'urlopen error',
     'correct the address (config key load_from, or that of the checkpoint), '
     'or fetch the file and give its path'),
    (r'NCCL',
     'processes cannot reach each other by NCCL: look for an earlier error of '
     'one of them, or set env_cfg.dist_cfg.backend=gloo'),
    (r'Timed out|timed out|timeout',
     'a process of the run has not answered: look for an earlier error of '
     'another one'),
)
#: Errors of a full disk.
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LAUNCHER = {'RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'MASTER_ADDR', 'MASTER_PORT',
             'SLURM_PROCID', 'SLURM_NTASKS', 'SLURM_NODELIST',
             'OMPI_COMM_WORLD_LOCAL_RANK', 'OMPI_COMM_WORLD_RANK',
             'OMPI_COMM_WORLD_SIZE'}  # yapf: disable


def error_line(error: BaseException) -> Optional[str]:
    """What a tool prints instead of a traceback.

    Args:
        error (BaseException): What has ended the tool.

    Returns:
        str | None: One line that says what to change; None if the error does
        not look like anything that a user can mend.

    Examples:
        >>> error_line(SetupError('set a=1'))
        'SetupError: set a=1'
        >>> error_line(KeyError('SLURM_PROCID'))[:41]
        'the environment variable SLURM_PROCID is '
        >>> error_line(ZeroDivisionError('oops')) is None
        True
    """
    text = _text(error)
    if isinstance(error, KeyError) and error.args[0] in _LAUNCHER:
        return (f'the environment variable {error.args[0]} is not set, which '
                'the launcher sets: start distributed runs by tools/dist_*.sh '
                'or tools/slurm_*.sh, others without --launcher')
    if isinstance(error,
                  OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT,
                                               errno.EFBIG):
        where = f' "{error.filename}"' if error.filename else ''
        return (f'no space is left to write{where} ({error.strerror}). What '
                'was complete stays: free some, or choose another --work-dir, '
                'and go on with --resume')
    name = type(error).__name__
    if not isinstance(error, (SetupError, FileNotFoundError)):
        for pattern, remedy in _REMEDIES:
            if isinstance(error, (OSError, RuntimeError)) and re.search(
                    pattern, str(error)):
                return f'{name}: {text}; {remedy}'
    if isinstance(error, ModuleNotFoundError):
        return (f'{name}: {text}; install it, see requirements/optional.txt, '
                'or take it out of the config')
    if isinstance(error, (SetupError, FloatingPointError,
                          OSError)) or name.startswith('Checkpoint'):
        return f'{name}: {text}'
    return None


def _text(error: BaseException) -> str:
    """The message on one line; of a loading process its last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return ''
    if 'Original Traceback' in str(error):
        return lines[-1].partition(': ')[2] or lines[-1]
    if isinstance(error, RuntimeError):
        return lines[0]
    return ' '.join(' '.join(lines).split())


@contextmanager
def starting(report: Path, begun: Callable[[], bool]) -> Iterator[None]:
    """Tell in one line what ends a run before it has begun.

    Then it is most often the config that does not fit. The traceback goes
    into a file.

    Args:
        report (Path): That file.
        begun (Callable[[], bool]): Whether the run has begun.

    Raises:
        SetupError: Instead of an error that `error_line` does not know.
    """
    try:
        yield
    except Exception as error:
        if begun() or error_line(error) is not None:
            raise
        report.write_text(traceback.format_exc(), encoding='utf-8')
        raise SetupError(
            f'the run cannot begin, {type(error).__name__}: '
            f'{_text(error).rstrip(".")}. '
            'Correct the config or --cfg-options; the traceback is in '
            f'"{report}"') from error
