# Copyright (c) mmhoi contributors.
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import metadata, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import mmhoi

ROOT = Path(__file__).resolve().parents[1]


def test_versions_agree():
    assert version('mmhoi') == mmhoi.__version__
    citation = (ROOT / 'CITATION.cff').read_text()
    assert f'version: {mmhoi.__version__}\n' in citation


def test_import_is_light():
    code = ('import sys, mmhoi; '
            'sys.exit(any(m in sys.modules for m in ("torch", "mmcv")))')
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0


def test_requirements_are_floors_only():
    assert metadata('mmhoi')['Requires-Python'] == '>=3.10'
    names = set()
    for requirement in map(Requirement, requires('mmhoi')):
        assert all(s.operator == '>=' for s in requirement.specifier)
        names.add(requirement.name)
    assert {'torch', 'torchvision', 'onedl-mmdetection'} <= names


def test_mim_files_are_reachable():
    mim = Path(mmhoi.__file__).parent / '.mim'
    for name in ('configs/hoiclip/metafile.yml', 'tools/train.py',
                 'tools/dist_train.sh', 'demo/image_demo.py',
                 'model-index.yml'):
        assert (mim / name).is_file()


def test_model_index_leads_to_configs():
    index = (ROOT / 'model-index.yml').read_text()
    for metafile in re.findall(r'- (configs/\S+)', index):
        text = (ROOT / metafile).read_text()
        configs = re.findall(r'(?:Config|README): (\S+)', text)
        assert configs
        for config in configs:
            assert (ROOT / config).is_file()


def test_every_method_is_told_of():
    index = (ROOT / 'model-index.yml').read_text()
    readme = (ROOT / 'README.md').read_text()
    for path in (ROOT / 'configs').glob('*/metafile.yml'):
        folder = path.parent.relative_to(ROOT).as_posix()
        assert f'- {folder}/metafile.yml' in index
        # In the table of methods, and in that of results.
        assert f']({folder}/README.md)' in readme
        assert re.search(rf'^\| \[\w+\]\({folder}/\w+_hico\w*\.py\)', readme,
                         re.M)


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    """Names of the files in a wheel made from a copy of the sources."""
    pytest.importorskip('setuptools', minversion='70.1')
    source = tmp_path_factory.mktemp('source')
    ignore = shutil.ignore_patterns('__pycache__', '.mim')
    for name in ('configs', 'demo', 'mmhoi', 'requirements', 'tools'):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ('LICENSE', 'MANIFEST.in', 'README.md', 'model-index.yml',
                 'pyproject.toml', 'setup.cfg', 'setup.py'):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps']
    command += ['--no-build-isolation', '--wheel-dir', str(source), '.']
    subprocess.run(command, cwd=source, check=True)
    return zipfile.ZipFile(next(source.glob('*.whl'))).namelist()


def test_wheel_holds_code_data_and_mim_files(wheel):
    for path in (ROOT / 'mmhoi').rglob('*'):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and '.mim' not in name and path.suffix != '.pyc':
            assert name in wheel
    for folder in 'configs', 'tools':
        for path in (ROOT / folder).rglob('*.py'):
            name = path.relative_to(ROOT).as_posix()
            assert f'mmhoi/.mim/{name}' in wheel
    assert not [name for name in wheel if name.endswith('.pyc')]
    assert not [name for name in wheel if name.startswith('tests/')]
