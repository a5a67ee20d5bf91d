# Copyright (c) mmhoi contributors.
import os
import re
import shutil
from pathlib import Path
from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# What `mim` looks for in an installed package: mmhoi/.mim/<name>.
MIM_FILES = ('configs', 'demo', 'model-index.yml', 'tools')


def read_version():
    """The version string, read without importing the package."""
    text = (ROOT / 'mmhoi' / 'version.py').read_text(encoding='utf-8')
    return re.search(r"__version__ = '(.+)'", text).group(1)


def read_requirements(*names):
    """The requirement lines of requirements/<name>.txt, in order."""
    lines = []
    for name in names:
        path = ROOT / 'requirements' / f'{name}.txt'
        lines += path.read_text(encoding='utf-8').splitlines()
    return [line for line in map(str.strip, lines) if line]


class BuildPyWithMim(build_py):
    """Adds `mmhoi/.mim`: links in an editable install, else copies."""

    def run(self):
        super().run()
        base = ROOT if self.editable_mode else Path(self.build_lib).resolve()
        mim = base / 'mmhoi' / '.mim'
        shutil.rmtree(mim, ignore_errors=True)
        mim.mkdir(parents=True)
        for source in (ROOT / name for name in MIM_FILES):
            if self.editable_mode:
                self._link(source, mim / source.name)
            else:
                self._copy(source, mim / source.name)

    def _link(self, source, target):
        """Relative symbolic link; a copy where the system refuses links."""
        try:
            target.symlink_to(
                os.path.relpath(source, target.parent), source.is_dir())
        except OSError:
            self._copy(source, target)

    @staticmethod
    def _copy(source, target):
        """Copy a file, or a folder without its bytecode caches."""
        if source.is_dir():
            ignore = shutil.ignore_patterns('__pycache__', '*.pyc')
            shutil.copytree(source, target, ignore=ignore)
        else:
            shutil.copyfile(source, target)


if __name__ == '__main__':
    setup(
        name='mmhoi',
        version=read_version(),
        description='A toolbox for human-object interaction detection',
        long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
        long_description_content_type='text/markdown',
        author='mmhoi contributors',
        license='Apache-2.0',
        keywords='computer vision, human-object interaction detection',
        classifiers=[
            'Development Status :: 4 - Beta',
            'Operating System :: OS Independent',
            'Programming Language :: Python :: 3',
            'Topic :: Scientific/Engineering :: Artificial Intelligence',
        ],
        packages=find_packages(include=['mmhoi', 'mmhoi.*']),
        package_data={
            'mmhoi': [
                'label_spaces/metainfo/*.json', 'assets/**',
                'reproduction/*.json', 'reproduction/tables/*.json'
            ]
        },
        cmdclass={'build_py': BuildPyWithMim},
        python_requires='>=3.10',
        install_requires=read_requirements('mminstall', 'runtime'),
        extras_require={
            'all': read_requirements('optional', 'tests'),
            'docs': read_requirements('docs'),
            'optional': read_requirements('optional'),
            'tests': read_requirements('tests'),
            'web': read_requirements('web'),
        },
        zip_safe=False)
