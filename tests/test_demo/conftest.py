# Copyright (c) mmhoi contributors.
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_demo():
    """A function that runs demo/<name>.py; returns its exit status."""

    def run(name, *args):
        path = ROOT / 'demo' / f'{name}.py'
        spec = importlib.util.spec_from_file_location(f'demo_{name}', path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.main([str(arg) for arg in args])

    return run
