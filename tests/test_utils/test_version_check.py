# Copyright (c) mmhoi contributors.
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mmhoi.utils import version_check
from mmhoi.utils.version_check import FLOORS, check_versions

GOOD = {
    'torch': '2.15.0+cu132',
    'onedl-mmengine': '0.10.12',
    'onedl-mmcv': '2.3.6',
    'onedl-mmdetection': '3.5.1',
    'open-clip-torch': '3.3.0'
}
UPSTREAM = {
    'torch': '2.6.0',
    'mmengine': '0.10.7',
    'mmcv-lite': '2.1.0',
    'mmdet': '3.3.0',
    'open-clip-torch': '3.0.0'
}


@pytest.fixture
def pretend(monkeypatch):
    """A function that makes these the installed packages."""

    def install(packages):

        def version(name):
            if name not in packages:
                raise PackageNotFoundError(name)
            return packages[name]

        monkeypatch.setattr(version_check, 'version', version)

    return install


@pytest.mark.parametrize('packages',
                         [GOOD, UPSTREAM, {
                             **GOOD, 'torch': '99.0'
                         }])
def test_new_enough(pretend, packages):
    pretend(packages)
    check_versions()


@pytest.mark.parametrize('change, message', [
    (('torch', '2.5.1'), 'torch 2.5.1 is older than 2.6'),
    (('onedl-mmengine', '0.10.7'), 'onedl-mmengine>=0.10.8'),
    (('open-clip-torch', None), 'needs the package "open_clip".*pip install'),
    (('onedl-mmdetection', None), 'needs the package "mmdet".*pip install'),
])
def test_absent_or_too_old(pretend, change, message):
    packages = {**GOOD, change[0]: change[1]}
    pretend({name: v for name, v in packages.items() if v is not None})
    with pytest.raises(ImportError, match=message):
        check_versions()


def test_floors_are_those_of_the_installation():
    declared = {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in map(Requirement, requires('mmhoi'))
    }
    for floors in FLOORS.values():
        name, floor = next(iter(floors.items()))
        assert declared[name] == f'>={floor}'
