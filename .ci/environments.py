# Copyright (c) mmhoi contributors.
"""Environments that share what is heavy.

A base is a virtual environment with PyTorch and what mmhoi needs besides
OpenMMLab's packages. A row is one with the rest. It sees a shelf: a folder of
links to the packages of its base, without those that differ from row to row.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

ROOT = Path(__file__).resolve().parents[1]
#: What every row has of its own.
OWN = {
    'mmhoi', 'onedl-mmengine', 'onedl-mmcv', 'onedl-mmdetection', 'mmengine',
    'mmengine-lite', 'mmcv', 'mmcv-lite', 'mmdet'
}
SHOWN = ('torch', 'torchvision', *sorted(OWN - {'mmhoi'}), 'numpy')
#: Of pip's words, those about what is not there: of a network, of an index.
MISSING = re.compile(
    r'No matching distribution found|Could not find a version|'
    r'connection broken|ConnectionError|Temporary failure|timed out|'
    r'Max retries|HTTP error|SSLError|No space left', re.I)
_LIST = """
import json, sys
from importlib.metadata import distributions
print(json.dumps([
    [d.metadata['Name'], d.version, str(d.locate_file('')),
     sorted({f.parts[0] for f in d.files or ()})]
    for d in distributions()]))
"""


class NotToBeHad(RuntimeError):
    """An interpreter or a package cannot be had on this machine."""


def run(command: List[Any], **kwargs: Any) -> str:
    """What a command prints, both streams.

    Raises:
        NotToBeHad: If pip does not get a package.
        RuntimeError: If the command fails otherwise.
    """
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ('PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV')
    }
    done = subprocess.run([str(part) for part in command],
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL,
                          text=True,
                          env=environment,
                          **kwargs)
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        told = next((line for line in lines if MISSING.search(line)), None)
        if told and 'pip' in command:
            raise NotToBeHad(told.strip())
        raise RuntimeError(
            f'status {done.returncode} of {" ".join(map(str, command))}\n' +
            '\n'.join(lines[-30:]))
    return done.stdout


def interpreters(version: str) -> Iterator[Path]:
    """Where an interpreter of a version may be, as "3.12"."""
    yield Path(sys.executable)
    yield Path(shutil.which(f'python{version}') or 'absent')
    for root in ('~/.pyenv/versions', '~/.local/share/uv/python'):
        yield from sorted(
            Path(root).expanduser().glob(f'*{version}.*/bin/python3'))


def find_interpreter(version: str) -> Path:
    """The first that runs; a file may be there and do nothing.

    Raises:
        NotToBeHad: If there is none.
    """
    code = 'import sys; print("%d.%d" % sys.version_info[:2])'
    for path in interpreters(version):
        if path.exists():
            done = subprocess.run([path, '-c', code],
                                  capture_output=True,
                                  text=True)
            if done.stdout.strip() == version:
                return path
    raise NotToBeHad(f'no python{version}: not on the PATH, of pyenv or of uv')


@dataclass(frozen=True)
class Base:
    """What rows share.

    Attributes:
        python (str): As "3.12"; empty for the environment of this process.
        torch, torchvision (str): As "2.9"; empty for the newest.
    """
    python: str = ''
    torch: str = ''
    torchvision: str = ''

    def folder(self, folder: Path) -> Path:
        name = f'py{self.python}-torch{self.torch or "-newest"}'
        return folder / 'bases' / name

    def interpreter(self, folder: Path) -> Path:
        """The interpreter of the base, which is made where it is absent."""
        if not self.python:
            return Path(sys.executable)
        place = self.folder(folder)
        binary, complete = place / 'bin' / 'python', place / 'complete'
        if not complete.exists():
            run([
                find_interpreter(self.python), '-m', 'venv', '--clear', place
            ])
            pip = [binary, '-m', 'pip', 'install', '--quiet', '--no-cache-dir']
            run([*pip, '--upgrade', 'pip'])
            wanted = [
                f'{name}=={number}.*' if number else name
                for name, number in (('torch', self.torch), ('torchvision',
                                                             self.torchvision))
            ]
            run([
                *pip, '--prefer-binary', *wanted, '-r',
                ROOT / 'requirements' / 'runtime.txt'
            ])
            complete.touch()
        return binary

    def remove(self, folder: Path) -> None:
        if self.python:
            shutil.rmtree(self.folder(folder), ignore_errors=True)


@dataclass(frozen=True)
class Environment:
    """A virtual environment, which the pip of another one fills."""
    folder: Path
    pip_of: Path

    @property
    def python(self) -> Path:
        return self.folder / 'bin' / 'python'

    def pip(self, *args: Any) -> str:
        return run([self.pip_of, '-m', 'pip', '--python', self.python, *args],
                   cwd=self.folder)

    def install(self, *args: Any) -> None:
        self.pip('install', '--quiet', '--prefer-binary', *args)

    def versions(self) -> Dict[str, str]:
        """Of Python, and of `SHOWN` where they are installed."""
        code = 'import platform; print(platform.python_version())'
        found = {'Python': run([self.python, '-c', code]).strip()}
        listed = {name.lower(): v for name, v, _, _ in contents(self.python)}
        found.update((name, listed[name]) for name in SHOWN if name in listed)
        return found


def contents(python: Path) -> List[List[Any]]:
    """Name, version, place and top-level files of what is installed."""
    return json.loads(run([python, '-I', '-c', _LIST]))


def make_shelf(shelf: Path, python: Path, without: Set[str]) -> None:
    """Link the packages of an environment, apart from some.

    Args:
        shelf (Path): A folder to make.
        python (Path): Interpreter of the environment.
        without (set[str]): Names of distributions.
    """
    shutil.rmtree(shelf, ignore_errors=True)
    shelf.mkdir(parents=True)
    for name, _, place, files in contents(python):
        if re.sub('[-_.]+', '-', name).lower() in without:
            continue
        for file in files:
            source, link = Path(place, file), shelf / file
            if file not in ('..', '__pycache__') and not link.exists():
                link.symlink_to(source)


def make_row(folder: Path, row: Any, wheel: Path) -> Environment:
    """The environment of a row, with mmhoi.

    Raises:
        NotToBeHad: If an interpreter or a package cannot be had.
        RuntimeError: If something cannot be installed.
    """
    base = row.base.interpreter(folder.parents[1])
    make_shelf(folder / 'shelf', base, OWN | set(row.without))
    place = folder / 'environment'
    run([base, '-m', 'venv', '--clear', '--without-pip', place])
    environment = Environment(place, base)
    packages, = place.glob('lib/python*/site-packages')
    # After the row's own packages: what it installs comes first. The shelf has
    # .pth files too: setuptools gives Python 3.12 its distutils with one.
    (packages / 'shelf.pth'
     ).write_text(f'import site; site.addsitedir({str(folder / "shelf")!r})\n')
    if row.with_onedl:
        environment.install(wheel)
        if row.packages:
            environment.install(*row.packages)
    else:
        # As docs/en/get_started.md says for OpenMMLab's own packages.
        environment.install(*row.packages, '-r',
                            ROOT / 'requirements' / 'runtime.txt')
        environment.install('--no-deps', wheel)
    return environment


def build_wheel(source: Path, folder: Path) -> Path:
    """A wheel, made from the source distribution of a tree.

    Raises:
        NotToBeHad: If what builds it cannot be had.
        RuntimeError: If it cannot be built.
    """
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / 'tree'
    files = run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=source)
    for name in files.splitlines():
        if (source / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, tree / name)
    venv.create(folder / 'builder', with_pip=False)
    builder = Environment(folder / 'builder', Path(sys.executable))
    builder.install('setuptools>=70.1')
    code = 'from setuptools import build_meta; build_meta.build_sdist("..")'
    run([builder.python, '-c', code], cwd=tree)
    archive, = folder.glob('*.tar.gz')
    builder.pip('wheel', '--quiet', '--no-deps', '--no-build-isolation',
                '--wheel-dir', folder, archive)
    wheel, = folder.glob('*.whl')
    return wheel
