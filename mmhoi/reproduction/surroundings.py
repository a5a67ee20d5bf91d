# Copyright (c) mmhoi contributors.
"""What a result was made with: commit, packages and processor."""
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, Dict

from mmhoi.utils.cores import usable_cores
from mmhoi.version import __version__

_PACKAGES = ('torch', 'torchvision', 'numpy', 'mmengine', 'mmcv', 'mmdet')


def read_commit(repository: Path) -> Dict[str, Any]:
    """The commit of a working tree.

    Args:
        repository (Path): Its folder.

    Returns:
        dict: `commit` (12 digits, or `no repository`) and `clean`: whether
        the tracked files are those of the commit.
    """
    try:
        commit, changes = (
            subprocess.run(['git', '-C', str(repository), *args],
                           capture_output=True,
                           check=True,
                           encoding='utf-8').stdout
            for args in (('rev-parse', '--short=12', 'HEAD'),
                         ('status', '--porcelain', '--untracked-files=no')))
    except (OSError, subprocess.CalledProcessError):
        return dict(commit='no repository', clean=False)
    return dict(commit=commit.strip(), clean=not changes.strip())


def read_versions() -> Dict[str, str]:
    """Versions of mmhoi, Python and what computes.

    Returns:
        dict[str, str]: Version by name.
    """
    versions = dict(mmhoi=__version__, python=platform.python_version())
    # Forks are called otherwise.
    distributions = metadata.packages_distributions()
    for name in _PACKAGES:
        versions[name] = metadata.version(distributions[name][0])
    return versions


def read_processor() -> str:
    """What computes.

    Returns:
        str: Name of the GPUs, or of the CPU with the cores to use.
    """
    import torch
    if torch.cuda.is_available():
        return torch.cuda.get_device_name(0)
    name = platform.processor() or platform.machine()
    try:
        lines = Path('/proc/cpuinfo').read_text('utf-8').splitlines()
        name = next(
            line.partition(':')[2].strip() for line in lines
            if line.startswith('model name'))
    except (OSError, StopIteration):
        pass
    return f'{name}, {usable_cores()} cores'
