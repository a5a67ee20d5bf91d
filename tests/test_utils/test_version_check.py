# Copyright (c) mmhoi contributors.
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mmhoi.utils import version_check
from mmhoi.utils.version_check import FLOORS, StackError, check_versions

OTHERS = {
    'torchvision': '0.29.1',
    'open-clip-torch': '3.3.0',
    'numpy': '2.2.6',
    'scipy': '1.17.1'
}
GOOD = {
    'torch': '2.15.0+cu132',
    'onedl-mmengine': '0.10.12',
    'onedl-mmcv': '2.3.6',
    'onedl-mmdetection': '3.5.1',
    **OTHERS
}
UPSTREAM = {
    'torch': '2.6.0',
    'mmengine': '0.10.7',
    'mmcv-lite': '2.1.0',
    'mmdet': '3.3.0',
    **OTHERS
}
#: As in `mmdet/__init__.py` 3.3.0.
MMDET = """import mmcv
mmcv_minimum_version = '2.0.0rc4'
mmcv_maximum_version = '2.2.0'
mmengine_minimum_version = '0.7.1'
mmengine_maximum_version = '1.0.0'
"""


@pytest.fixture
def pretend(monkeypatch, tmp_path):
    """A function that makes these the installed packages."""

    def install(packages, mmdet='', torchvision=()):

        def version(name):
            if packages.get(name) is None:
                raise PackageNotFoundError(name)
            return packages[name]

        source = tmp_path / '__init__.py'
        source.write_text(mmdet)
        monkeypatch.setattr(version_check, 'version', version)
        monkeypatch.setattr(version_check, 'requires', lambda _: torchvision)
        monkeypatch.setattr(version_check.importlib.util, 'find_spec',
                            lambda _: SimpleNamespace(origin=str(source)))

    return install


@pytest.mark.parametrize('packages, mmdet', [
    (GOOD, ''),
    ({
        **GOOD, 'torch': '99.0'
    }, ''),
    (UPSTREAM, MMDET),
    ({
        **UPSTREAM, 'mmcv-lite': '2.2.0'
    }, MMDET.replace('2.2.0', '2.3.0')),
])
def test_new_enough(pretend, packages, mmdet):
    pretend(packages, mmdet, ['torch>=2.6', 'pillow'])
    check_versions()


@pytest.mark.parametrize('change, message', [
    (dict(torch='2.5.1'),
     'torch 2.5.1 is older than 2.6.*weights_only.*pip install "torch>=2.6"'),
    ({
        'onedl-mmengine': '0.10.7'
    }, 'onedl-mmengine 0.10.7 is older.*pip install "onedl-mmengine>=0.10.8"'),
    ({
        'open-clip-torch': None
    }, 'needs the package "open_clip".*pip install "open-clip-torch>=3.0"'),
    ({
        'onedl-mmdetection': None
    }, 'needs the package "mmdet".*pip install "onedl-mmdetection>=3.5.0"'),
    ({
        'mmengine': '0.10.7',
        'mmcv': '2.1.0',
        'mmcv-lite': '2.1.0'
    }, 'onedl-mmengine 0.10.12 and mmengine 0.10.7; onedl-mmcv 2.3.6 and mmcv '
     '2.1.0 and mmcv-lite 2.1.0 are installed together.*files of mmengine, '
     'mmcv; run: pip uninstall -y onedl-mmengine mmengine onedl-mmcv mmcv '
     'mmcv-lite && pip install "onedl-mmengine>=0.10.8" "onedl-mmcv>=2.3.0"'),
])
def test_absent_too_old_or_twice(pretend, change, message):
    pretend({**GOOD, **change})
    with pytest.raises(StackError, match=message):
        check_versions()


@pytest.mark.parametrize('change, message', [
    ({
        'mmdet': '3.2.0'
    }, 'mmdet 3.2.0 is older than 3.3.0.*pip install "mmdet>=3.3.0"'),
    ({
        'mmcv-lite': '2.2.0'
    }, 'mmdet 3.3.0 refuses mmcv-lite 2.2.0 .allowed: <2.2.0,>=2.0.0rc4.*'
     'pip uninstall -y mmcv-lite && pip install "mmcv-lite<2.2.0,>=2.0.0rc4"'),
    ({
        'mmcv-lite': None,
        'mmcv': '2.2.0'
    }, 'uninstall -y mmcv && pip install "mmcv-lite<2.2.0'),
    ({
        'mmengine': '1.1'
    }, 'mmdet 3.3.0 refuses mmengine 1.1 .allowed: <1.0.0,>=0.7.1'),
])
def test_what_mmdet_refuses(pretend, change, message):
    pretend({**UPSTREAM, **change}, MMDET)
    with pytest.raises(StackError, match=message):
        check_versions()


def test_torchvision_of_another_torch(pretend):
    pretend(GOOD, torchvision=['numpy', 'torch==2.14.1'])
    with pytest.raises(
            StackError, match='torchvision 0.29.1 refuses torch 2.15.0'):
        check_versions()


@pytest.mark.parametrize('handling, found', [
    ('raise', r'StackError: torch 1.0 is older than .*\n'),
    ('1 / 0', r'Traceback(.|\n)*ZeroDivisionError: .*\n'),
])
def test_a_program_prints_one_line(handling, found):
    """Other errors look as they always do."""
    code = f"""
from importlib import metadata
known = metadata.version
metadata.version = lambda name: '1.0' if name == 'torch' else known(name)
try:
    import mmhoi.apis
except ImportError:
    {handling}
"""
    done = subprocess.run([sys.executable, '-c', code],
                          capture_output=True,
                          text=True)
    assert done.returncode == 1
    assert re.fullmatch(found, done.stderr)


def test_floors_are_those_of_the_installation():
    declared = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, requires('mmhoi'))
    }
    for floors in FLOORS.values():
        name, floor = next(iter(floors.items()))
        assert declared[name] == f'>={floor}'
