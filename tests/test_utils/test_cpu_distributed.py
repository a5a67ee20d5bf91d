# Copyright (c) mmhoi contributors.
import pytest
from mmengine.config import Config

from mmhoi.utils import cpu_distributed
from mmhoi.utils.cpu_distributed import init_cpu_processes


@pytest.fixture
def joined(monkeypatch):
    """Arguments with which the process group was joined."""
    calls = []
    monkeypatch.setattr(cpu_distributed, 'get_device', lambda: 'cpu')
    monkeypatch.setattr(cpu_distributed.torch_dist, 'init_process_group',
                        lambda **kwargs: calls.append(kwargs))
    return calls


@pytest.mark.parametrize('wish, backend', [
    (dict(backend='nccl'), 'gloo'),
    (dict(), 'gloo'),
    (dict(backend='gloo', timeout=60), 'gloo'),
    (dict(backend='mpi'), 'mpi'),
])
def test_backend(joined, wish, backend):
    cfg = Config(dict(launcher='pytorch', env_cfg=dict(dist_cfg=wish)))
    assert init_cpu_processes(cfg)
    assert joined[0]['backend'] == backend
    if 'timeout' in wish:
        assert joined[0]['timeout'].total_seconds() == 60
    assert cfg.model_wrapper_cfg.device_ids is None


def test_users_wrapper_is_kept(joined):
    cfg = Config(
        dict(
            launcher='pytorch',
            find_unused_parameters=True,
            model_wrapper_cfg=dict(type='Mine', broadcast_buffers=True)))
    init_cpu_processes(cfg)
    assert cfg.model_wrapper_cfg == dict(
        type='Mine',
        broadcast_buffers=True,
        find_unused_parameters=True,
        device_ids=None)


def test_left_to_mmengine(joined, monkeypatch):
    assert not init_cpu_processes(Config(dict(launcher='none')))
    monkeypatch.setattr(cpu_distributed, 'get_device', lambda: 'cuda')
    assert not init_cpu_processes(Config(dict(launcher='slurm')))
    assert not joined


def test_other_launchers_need_gpus(joined):
    with pytest.raises(ValueError, match='"slurm" needs GPUs.*dist_train.sh'):
        init_cpu_processes(Config(dict(launcher='slurm')))
