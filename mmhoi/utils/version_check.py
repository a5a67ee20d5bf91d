# Copyright (c) mmhoi contributors.
"""Lowest versions of the packages that mmhoi builds on; no highest ones."""
from importlib.metadata import PackageNotFoundError, version

from packaging.version import Version

# Import name -> distributions that provide it (the maintained continuation
# first, then OpenMMLab's own) with the lowest version of each.
FLOORS = {
    'torch': {
        'torch': '2.6'
    },
    'mmengine': {
        'onedl-mmengine': '0.10.8',
        'mmengine': '0.10.0',
        'mmengine-lite': '0.10.0'
    },
    'mmcv': {
        'onedl-mmcv': '2.3.0',
        'mmcv': '2.0.0',
        'mmcv-lite': '2.0.0'
    },
    'mmdet': {
        'onedl-mmdetection': '3.5.0',
        'mmdet': '3.3.0'
    },
    'open_clip': {
        'open-clip-torch': '3.0'
    },
}


def check_versions() -> None:
    """Check the installed packages against `FLOORS`.

    Raises:
        ImportError: If a package is absent or too old. It names the package
            and the command that installs it.
    """
    for name, floors in FLOORS.items():
        found = {}
        for distribution in floors:
            try:
                found[distribution] = version(distribution)
            except PackageNotFoundError:
                continue
        wanted, floor = next(iter(floors.items()))
        remedy = f'run: pip install "{wanted}>={floor}"'
        if not found:
            raise ImportError(f'mmhoi needs the package "{name}"; {remedy}')
        for distribution, present in found.items():
            if Version(present) < Version(floors[distribution]):
                raise ImportError(
                    f'{distribution} {present} is older than '
                    f'{floors[distribution]}, the lowest version that mmhoi '
                    f'works with; {remedy}')
