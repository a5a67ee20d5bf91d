# Copyright (c) mmhoi contributors.
import runpy
import sys
from pathlib import Path

import pytest
from mmengine.config import Config

SCRIPT = Path(__file__).parents[2] / 'tools' / 'misc' / 'print_config.py'


def test_prints_and_saves_the_changed_config(config, monkeypatch, capsys):
    monkeypatch.setattr(sys, 'argv', [
        str(SCRIPT),
        str(config), '--save-path', 'out.py', '--cfg-options',
        'train_cfg.max_epochs=9'
    ])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(SCRIPT), run_name='__main__')
    assert stop.value.code == 0
    assert 'max_epochs=9' in capsys.readouterr().out
    assert Config.fromfile('out.py').train_cfg.max_epochs == 9
