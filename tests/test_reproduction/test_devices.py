# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.reproduction.commands import tool_command
from mmhoi.reproduction.devices import share_devices, usable_gpus
from mmhoi.utils.setup_error import SetupError


@pytest.mark.parametrize('gpus, per_run, jobs, shares', [
    ('01', 1, None, ['0', '1']),
    ('01', 1, 1, ['0']),
    ('01', 1, 3, ['0', '1', '0']),
    ('45', 2, None, ['4,5']),
    ('012', 2, 2, ['0,1', '2,0']),
])
def test_gpus(gpus, per_run, jobs, shares):
    found = share_devices(list(gpus), per_run, jobs)
    assert [one['CUDA_VISIBLE_DEVICES'] for one in found] == shares


def test_too_few_gpus():
    with pytest.raises(SetupError, match='there are 2 GPUs'):
        share_devices(['0', '1'], 3)


def test_cores(monkeypatch):
    monkeypatch.setattr('mmhoi.reproduction.devices.usable_cores', lambda: 8)
    for name in 'OMP_NUM_THREADS', 'MKL_NUM_THREADS':
        monkeypatch.delenv(name, raising=False)
    assert [one['OMP_NUM_THREADS']
            for one in share_devices([], 1, 3)] == ['2'] * 3
    assert share_devices([], 2)[0]['OMP_NUM_THREADS'] == '4'
    # What the user says counts.
    monkeypatch.setenv('OMP_NUM_THREADS', '1')
    assert share_devices([], 1)[0]['OMP_NUM_THREADS'] == '1'


def test_visible_gpus(monkeypatch):
    monkeypatch.setattr('torch.cuda.device_count', lambda: 2)
    monkeypatch.setenv('CUDA_VISIBLE_DEVICES', '4,7')
    assert usable_gpus() == ['4', '7']
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES')
    assert usable_gpus() == ['0', '1']


def test_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = {'a.b': [1, 2], 'c': None, 'd': .5}
    command = tool_command(tmp_path / 'tools/train.py', tmp_path / 'a.py',
                           ['--resume'], 'out/runs/a', options, 2)
    assert command[1:3] == ['-m', 'torch.distributed.run']
    assert command[command.index('tools/train.py'):] == [
        'tools/train.py', 'a.py', '--resume', '--work-dir', 'out/runs/a',
        '--launcher', 'pytorch', '--cfg-options', 'a.b=[1,2]', 'c=None',
        'd=0.5'
    ]
