# Copyright (c) mmhoi contributors.
"""Command lines of the ordinary tools."""
import os
import sys
from pathlib import Path
from typing import Any, Dict, List


def tool_command(tool: Path, config: Path, more: List[str], work_dir: Path,
                 options: Dict[str, Any], num_processes: int) -> List[str]:
    """How a run is made, or goes on.

    Args:
        tool (Path): `tools/train.py` or `tools/test.py`.
        config (Path): The config file.
        more (list[str]): What follows it.
        work_dir (Path): Folder of the run.
        options (dict): Config options by dotted keys.
        num_processes (int): Processes of the run.

    Returns:
        list[str]: The command line.
    """
    start = [sys.executable]
    launched = []
    if num_processes > 1:
        start += [
            '-m', 'torch.distributed.run', '--standalone',
            '--local_addr=127.0.0.1', f'--nproc_per_node={num_processes}'
        ]
        launched = ['--launcher', 'pytorch']
    return [
        *start,
        near(tool),
        near(config), *more, '--work-dir',
        str(work_dir), *launched, '--cfg-options',
        *(f'{key}={_text(value)}' for key, value in options.items())
    ]


def shown_command(command: List[str]) -> List[str]:
    """A command line as a user would type it, without this machine's paths.

    Args:
        command (list[str]): Of :func:`tool_command`.

    Returns:
        list[str]: The same with `python`.
    """
    return ['python', *command[1:]]


def near(path: Path) -> str:
    """A path as seen from the working directory, if it lies below it."""
    below = os.path.relpath(path)
    return str(path) if below.startswith(os.pardir) else below


def _text(value: Any) -> str:
    """A value as `--cfg-options` reads it.

    Examples:
        >>> _text([1, (2, 'a')]), _text(None), _text(0.5)
        ('[1,(2,a)]', 'None', '0.5')
    """
    if isinstance(value, (list, tuple)):
        inner = ','.join(map(_text, value))
        return f'[{inner}]' if isinstance(value, list) else f'({inner})'
    return str(value)
