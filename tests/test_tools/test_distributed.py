# Copyright (c) mmhoi contributors.
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import even_run
import pytest
import torch

from mmhoi.synthetic import write_synhico

FSDP = 'mmhoi.HOIFSDPStrategy'
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shell(monkeypatch):
    """A function that runs a script of tools/; returns what it printed."""
    monkeypatch.delenv('PORT', raising=False)
    path = [str(Path(sys.executable).parent), os.environ['PATH']]
    monkeypatch.setenv('PATH', os.pathsep.join(path))
    monkeypatch.setenv('PYTHONPATH', str(ROOT / 'tests'))

    def run(name, *args):
        command = ['bash', str(ROOT / 'tools' / name), *map(str, args)]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=1800)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
def test_cpu_processes_equal_one(config, run_tool, shell):
    shell('dist_train.sh', config, 2, '--work-dir', 'two', '--auto-scale-lr',
          '--cfg-options', 'train_cfg.max_epochs=1',
          'auto_scale_lr.enable=False', 'auto_scale_lr.base_batch_size=8',
          'optim_wrapper.accumulative_counts=2')
    checkpoint = torch.load('two/epoch_1.pth', weights_only=False)
    # Seven images in batches of two make two iterations for each process.
    assert checkpoint['meta']['iter'] == 2
    assert checkpoint['state_dict']['weight'].abs().min() > 0
    # Two processes with two images each; accumulation does not count.
    group, = checkpoint['optimizer']['param_groups']
    assert group['lr'] == pytest.approx(0.1 * 4 / 8)
    # One of them has three images and a fourth that does not count.
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


@pytest.fixture(scope='module')
def synhico(tmp_path_factory):
    folder = tmp_path_factory.mktemp('data') / 'synhico'
    write_synhico(folder, 9, 1, progress=False)
    return folder


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
def test_equal_losses_for_an_equal_global_batch(synhico, tmp_path, monkeypatch,
                                                run_tool, shell):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f'{tmp_path.name}.py'
    path.write_text(even_run.config_text(synhico))

    run_tool('train', path, *options('one', 4))
    one = even_run.read_log('one')
    # Nine images: two full batches of four, then what is left.
    assert len(one) == 3
    assert one[1]['loss'] != pytest.approx(one[0]['loss'], rel=1e-2)
    fsdp = 'runner_type=FlexibleRunner', f'strategy.type={FSDP}'
    for name, number, more in (('two', 2, ()), ('four', 4, ()), ('fsdp', 2,
                                                                 fsdp)):
        shell('dist_train.sh', path, number, *options(name, 4 // number),
              *more)
        several = even_run.read_log(name)
        # All processes have as many batches, some of them images again.
        assert len(several) == 3
        for iteration in range(2):
            assert several[iteration] == pytest.approx(
                one[iteration], rel=1e-4), (name, iteration)
    two, fsdp = (
        torch.load(f'{name}/epoch_1.pth', weights_only=False)['state_dict']
        for name in ('two', 'fsdp'))
    assert list(fsdp) == list(two)
    for name, weight in two.items():
        torch.testing.assert_close(
            fsdp[name], weight, rtol=1e-4, atol=1e-4, msg=name)


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
def test_fsdp_goes_on_where_it_stopped(synhico, tmp_path, monkeypatch, shell):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f'{tmp_path.name}.py'
    path.write_text(even_run.config_text(synhico, 'gen_vlkt'))

    def train(work_dir, *args):
        shell('dist_train.sh', path, 2, '--amp', *args, *options(work_dir, 2),
              'train_cfg.max_epochs=2', 'runner_type=FlexibleRunner',
              f'strategy.type={FSDP}', 'default_hooks.checkpoint.interval=1',
              'optim_wrapper.optimizer.lr=1e-3',
              'optim_wrapper.optimizer.momentum=0.9')
        return even_run.read_log(work_dir)

    whole = train('whole')
    assert len(whole) == 6
    # Momentum is a state of the optimizer: without it they would differ.
    rest = train('rest', '--resume', 'whole/epoch_1.pth')
    assert len(rest) == 3
    for found, expected in zip(rest, whole[3:]):
        assert found == pytest.approx(expected, rel=1e-5)


def test_port_in_use(monkeypatch):
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        monkeypatch.setenv('PORT', str(other.getsockname()[1]))
        path = [str(Path(sys.executable).parent), os.environ['PATH']]
        monkeypatch.setenv('PATH', os.pathsep.join(path))
        done = subprocess.run(
            ['bash',
             str(ROOT / 'tools/dist_train.sh'), 'config.py', '2'],
            capture_output=True,
            text=True)
    line, = done.stderr.splitlines()
    assert 'cannot be used' in line and 'PORT=' in line
    assert done.returncode == 1


@pytest.mark.parametrize('environment, parts', [
    (dict(NNODES='2', NODE_RANK='1', MASTER_ADDR='no.such.invalid'),
     ['does not answer at no.such.invalid:29500', 'MASTER_ADDR']),
    (dict(MEETING_SECONDS='soon'), ['MEETING_SECONDS is "soon"', 'seconds']),
])
@pytest.mark.parametrize('name, args',
                         [('dist_train.sh', ['c.py', '2']),
                          ('dist_test.sh', ['c.py', 'c.pth', '2'])])
def test_machines_that_do_not_meet(monkeypatch, name, args, environment,
                                   parts):
    path = [str(Path(sys.executable).parent), os.environ['PATH']]
    monkeypatch.setenv('PATH', os.pathsep.join(path))
    monkeypatch.delenv('PORT', raising=False)
    monkeypatch.setenv('MEETING_SECONDS', '1')
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    done = subprocess.run(['bash', str(ROOT / 'tools' / name), *args],
                          capture_output=True,
                          text=True)
    line = done.stderr.splitlines()[-1]
    assert line.startswith('error: ') and all(part in line for part in parts)
    assert done.returncode == 1
    if 'NNODES' in environment:
        # Said before it waits.
        assert done.stderr.startswith('waiting for node 0 at no.such.invalid')


def options(work_dir, batch_size):
    return ('--work-dir', work_dir, '--cfg-options',
            f'train_dataloader.batch_size={batch_size}')


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
