# Copyright (c) mmhoi contributors.
"""Which packages mmhoi builds on, and which of them do not go together.

Everything is read from metadata: nothing that might fail is imported.
"""
import importlib.util
import re
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Dict, Iterable, Tuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

# Import name -> distributions that provide it (the maintained continuation
# first, then OpenMMLab's own) with the lowest version of each.
FLOORS = {
    'torch': {
        'torch': '2.6'
    },
    'torchvision': {
        'torchvision': '0.21'
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
    'numpy': {
        'numpy': '1.23'
    },
    'scipy': {
        'scipy': '1.9'
    },
}
#: Why a lower version will not do, where that is worth a word.
REASONS = {
    'torch':
    'the first whose weights_only=True keeps code in a checkpoint '
    'from running'
}
#: What mmdet compares itself, and asserts, when it is imported.
_LIMIT = re.compile(
    r"^(mmcv|mmengine)_(minimum|maximum)_version *= *'([^']+)'", re.M)


class StackError(ImportError):
    """Packages that mmhoi does not work with.

    A program that it ends shows the message without a traceback.
    """


def check_versions() -> None:
    """Check the installed packages, each alone and all together.

    Raises:
        StackError: If a package is absent or too old, if two distributions
            overwrite each other's files, or if one refuses another. It names
            package, version, what is allowed, and the command that helps.
    """
    installed = {name: _installed(floors) for name, floors in FLOORS.items()}
    _check_doubles(installed)
    found = {
        name: _check_floor(name, FLOORS[name], versions)
        for name, versions in installed.items()
    }
    _check_mmdet(found)
    _check_torchvision(found)


def check_stack() -> None:
    """`check_versions` for the import of mmhoi.

    Raises:
        StackError: As of `check_versions`. Where nothing catches it, one line
            is all that the program prints.
    """
    try:
        check_versions()
    except StackError:
        others = sys.excepthook

        def show(kind, error, traceback):
            if isinstance(error, StackError):
                print(f'{kind.__name__}: {error}', file=sys.stderr)
            else:
                others(kind, error, traceback)

        sys.excepthook = show
        raise


def _installed(distributions: Iterable[str]) -> Dict[str, str]:
    """Versions of those distributions that are installed."""
    found = {}
    for distribution in distributions:
        try:
            found[distribution] = version(distribution)
        except PackageNotFoundError:
            continue
    return found


def _wanted(floors: Dict[str, str]) -> str:
    """What pip installs where a package is absent."""
    distribution, floor = next(iter(floors.items()))
    return f'"{distribution}>={floor}"'


def _check_doubles(installed: Dict[str, Dict[str, str]]) -> None:
    """Refuse packages that two distributions provide."""
    doubles = {name: all_ for name, all_ in installed.items() if len(all_) > 1}
    if doubles:
        listed = '; '.join(' and '.join(map(' '.join, found.items()))
                           for found in doubles.values())
        remove = ' '.join(key for found in doubles.values() for key in found)
        wanted = ' '.join(_wanted(FLOORS[name]) for name in doubles)
        raise StackError(
            f'{listed} are installed together and overwrite each other\'s '
            f'files of {", ".join(doubles)}; run: pip uninstall -y {remove} '
            f'&& pip install {wanted}')


def _check_floor(name: str, floors: Dict[str, str],
                 found: Dict[str, str]) -> Tuple[str, str]:
    """The one distribution that provides a package, and its version."""
    if not found:
        raise StackError(f'mmhoi needs the package "{name}"; run: pip install '
                         f'{_wanted(floors)}')
    (distribution, present), = found.items()
    floor = floors[distribution]
    if Version(present) < Version(floor):
        reason = f' ({REASONS[name]})' if name in REASONS else ''
        raise StackError(
            f'{distribution} {present} is older than {floor}, the lowest '
            f'version that mmhoi works with{reason}; run: pip install '
            f'"{distribution}>={floor}"')
    return distribution, present


def _check_mmdet(found: Dict[str, Tuple[str, str]]) -> None:
    """Tell what mmdet's own assertion would end with a traceback.

    Its source is read, since many people have raised a limit there.
    """
    spec = importlib.util.find_spec('mmdet')
    if spec is None or spec.origin is None:
        return
    limits = {'mmcv': SpecifierSet(), 'mmengine': SpecifierSet()}
    source = Path(spec.origin).read_text(encoding='utf-8')
    for name, kind, value in _LIMIT.findall(source):
        limits[name] &= ('>=' if kind == 'minimum' else '<') + value
    mmdet, its_version = found['mmdet']
    for name, allowed in limits.items():
        distribution, present = found[name]
        if not allowed.contains(present, prereleases=True):
            # OpenMMLab has no ready-made package of the full mmcv.
            other = 'mmcv-lite' if distribution == 'mmcv' else distribution
            raise StackError(
                f'{mmdet} {its_version} refuses {distribution} {present} '
                f'(allowed: {allowed}); run: pip uninstall -y {distribution} '
                f'&& pip install "{other}{allowed}"')


def _check_torchvision(found: Dict[str, Tuple[str, str]]) -> None:
    """Tell what torchvision would end with an unknown operator."""
    torch = found['torch'][1]
    for requirement in map(Requirement, requires('torchvision') or ()):
        if requirement.name == 'torch' and not requirement.specifier.contains(
                Version(torch).public, prereleases=True):
            raise StackError(
                f'torchvision {found["torchvision"][1]} refuses torch {torch} '
                f'(allowed: {requirement.specifier}); run: pip install '
                f'--force-reinstall torchvision "torch=={torch}"')
