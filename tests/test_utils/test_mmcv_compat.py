# Copyright (c) mmhoi contributors.
import os
import subprocess
import sys

import pytest

from mmhoi.utils import mmcv_compat
from mmhoi.utils.mmcv_compat import install_mmcv_ext_stand_in


@pytest.fixture
def python(tmp_path, monkeypatch):
    """A function that runs code where `mmcv` is an empty package."""
    package = tmp_path / 'mmcv'
    package.mkdir()
    (package / '__init__.py').touch()
    monkeypatch.setenv('PYTHONPATH', str(tmp_path))

    def run(code):
        done = subprocess.run([sys.executable, '-c', code],
                              capture_output=True,
                              text=True)
        return done.stdout.strip() or done.stderr.strip().split('\n')[-1]

    return run


def test_absent_operator_says_so_when_called(python):
    code = 'import mmhoi; from mmcv._ext import nms; '
    assert python(code + 'print("fine")') == 'fine'
    assert 'RuntimeError: mmcv op "nms" is not compiled' in python(
        code + 'nms(1, iou_threshold=0.5)')


def test_real_extension_is_preferred(python, tmp_path):
    (tmp_path / 'mmcv' / '_ext.py').write_text('def nms():\n    return 7\n')
    assert python('import mmhoi, mmcv._ext; print(mmcv._ext.nms())') == '7'


def test_imported_extension_is_left_alone(monkeypatch):
    real = type(os)('mmcv._ext')
    monkeypatch.setitem(sys.modules, 'mmcv._ext', real)
    assert not install_mmcv_ext_stand_in()
    assert sys.modules['mmcv._ext'] is real


def test_without_mmcv_nothing_is_installed(monkeypatch):
    monkeypatch.delitem(sys.modules, 'mmcv._ext', raising=False)
    monkeypatch.setattr(mmcv_compat.importlib.util, 'find_spec',
                        lambda name: None)
    assert not install_mmcv_ext_stand_in()
    assert 'mmcv._ext' not in sys.modules


def test_mmdet_registers_its_models():
    from mmdet.models import DETR
    from mmdet.registry import MODELS
    assert MODELS.get('DETR') is DETR
