# Copyright (c) mmhoi contributors.
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell(monkeypatch):
    """A function that runs a script of tools/; returns what it printed."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        monkeypatch.setenv('PORT', str(probe.getsockname()[1]))
    path = [str(Path(sys.executable).parent), os.environ['PATH']]
    monkeypatch.setenv('PATH', os.pathsep.join(path))
    monkeypatch.setenv('PYTHONPATH', str(ROOT / 'tests'))

    def run(name, *args):
        command = ['bash', str(ROOT / 'tools' / name), *map(str, args)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
def test_two_cpu_processes_equal_one(config, run_tool, shell):
    shell('dist_train.sh', config, 2, '--work-dir', 'two', '--cfg-options',
          'train_cfg.max_epochs=1')
    checkpoint = torch.load('two/epoch_1.pth', weights_only=False)
    # Seven images in batches of two make two iterations for each process.
    assert checkpoint['meta']['iter'] == 2
    assert checkpoint['state_dict']['weight'].abs().min() > 0
    shell('dist_test.sh', config, 'two/epoch_1.pth', 2, '--work-dir', 'two',
          '--out', 'two.json')
    run_tool('test', config, 'two/epoch_1.pth', '--work-dir', 'one', '--out',
             'one.json')
    two, one = (
        json.loads(max(Path(name).glob('*/*.json')).read_text())
        for name in ('two', 'one'))
    assert two['line/images'] == one['line/images'] == 7
    assert two['line/mean'] == pytest.approx(one['line/mean'], rel=1e-6)
    assert json.loads(Path('two.json').read_text()) == json.loads(
        Path('one.json').read_text())


@pytest.mark.parametrize('name, args, parts', [
    ('slurm_train.sh', ['part', 'job', 'c.py', 'my dir', '--amp'], [
        '-p part', '--job-name=job', '--ntasks=2', '--mem=1G', 'c.py',
        '--work-dir my dir --launcher slurm --amp'
    ]),
    ('slurm_test.sh', ['part', 'job', 'c.py', 'w.pth', '--out', 'p.pkl'
                       ], ['c.py w.pth --launcher slurm --out p.pkl']),
])
def test_slurm_command(tmp_path, monkeypatch, shell, name, args, parts):
    srun = tmp_path / 'srun'
    srun.write_text('#!/bin/sh\necho "$@"\n')
    srun.chmod(0o755)
    monkeypatch.setenv('PATH', f'{tmp_path}{os.pathsep}{os.environ["PATH"]}')
    monkeypatch.setenv('GPUS', '2')
    monkeypatch.setenv('SRUN_ARGS', '--mem=1G --qos=low')
    printed = shell(name, *args)
    for part in parts:
        assert part in printed
