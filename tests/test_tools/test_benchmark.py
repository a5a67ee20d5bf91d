# Copyright (c) mmhoi contributors.
"""tools/analysis_tools/benchmark.py and get_flops.py on rendered scenes."""
import socket
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmhoi.synthetic import write_synhico

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
BENCHMARK = 'analysis_tools/benchmark'
FLOPS = 'analysis_tools/get_flops'


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    root = tmp_path_factory.mktemp('data') / 'synhico'
    write_synhico(root, 6, 4, size=(96, 96), progress=False)
    return root


@pytest.fixture
def mini(tmp_path, data_root):
    """The mini HOICLIP on six training and four test images."""
    cfg = Config.fromfile(CONFIGS / 'hoiclip/hoiclip_mini_synhico.py')
    for phase in ('train', 'val', 'test'):
        loader = cfg[f'{phase}_dataloader']
        loader.dataset.data_root = str(data_root)
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
    path = tmp_path / f'{tmp_path.name}.py'
    cfg.dump(path)
    return path


def log_of(run_tool, config, *args):
    """What the benchmark writes into its log."""
    work_dir = config.parent / 'work'
    run_tool(BENCHMARK, config, '--num-warmup', 1, '--log-interval', 2,
             '--work-dir', work_dir, *args)
    return (work_dir / 'benchmark.log').read_text()


@pytest.mark.parametrize('args', [(), ('--fuse-conv-bn', ),
                                  ('--amp', '--amp-dtype', 'bfloat16')])
def test_inference_with_random_weights(run_tool, mini, args):
    with pytest.warns(UserWarning, match='no --checkpoint'):
        log = log_of(run_tool, mini, '--task', 'inference', *args)
    assert 'Done image [2  /4]' in log and 'Done image [4  /4]' in log
    assert log.count('Overall fps') == 1 and 'peak memory' in log


def test_inference_with_a_checkpoint(run_tool, fail_tool, mini,
                                     mini_checkpoint):
    log = log_of(run_tool, mini, '--task', 'inference', '--checkpoint',
                 mini_checkpoint, '--max-iter', 2, '--repeat-num', 2)
    assert 'Done image [2  /2]' in log and 'Done image [3' not in log
    assert len(log.split('Overall fps: ')[1].split(' (mean')[0].split()) == 2
    assert '"absent.pth" does not exist' in fail_tool(BENCHMARK, mini,
                                                      '--task', 'inference',
                                                      '--checkpoint',
                                                      'absent.pth')


@pytest.mark.parametrize('phase, number', [('train', 3), ('test', 2)])
def test_dataloader(run_tool, mini, phase, number):
    log = log_of(run_tool, mini, '--dataset-type', phase)
    assert f'Done batch [2  /{number}]' in log
    assert 'batch size: 2, num_workers: 0' in log


def test_dataset(run_tool, mini):
    log = log_of(run_tool, mini, '--task', 'dataset', '--dataset-type',
                 'train')
    assert 'Done image [6  /6]' in log
    for name in ('get_data_info', 'LoadHOIImage', 'PackHOIInputs'):
        assert f'{name} - ' in log


def test_dataset_without_a_pipeline(fail_tool, config):
    assert 'a LineDataset has no pipeline' in fail_tool(
        BENCHMARK, config, '--task', 'dataset')


def test_repeated_dataset(run_tool, mini):
    cfg = Config.fromfile(mini)
    cfg.test_dataloader.dataset = dict(
        type='RepeatDataset', times=3, dataset=cfg.test_dataloader.dataset)
    cfg.dump(mini)
    log = log_of(run_tool, mini, '--task', 'dataset')
    assert 'Done image [4  /4]' in log


@pytest.mark.parametrize('args, message', [
    (('--num-warmup', 4, '--max-iter', 3), '2 batch(s) are no more than'),
    (('--max-iter', 0), 'max_iter 0 must be at least 1'),
    (('--cfg-options', 'val_dataloader=None', '--dataset-type', 'val'),
     'has no val_dataloader'),
    (('--work-dir', __file__), 'cannot write to the folder'),
])
def test_benchmark_errors(fail_tool, mini, args, message):
    assert message in fail_tool(BENCHMARK, mini, *args)


@pytest.mark.parametrize('args', [('--amp', ), ('--checkpoint', 'a.pth'),
                                  ('--repeat-num', 0), ('--task', 'training')])
def test_benchmark_arguments(run_tool, mini, args):
    with pytest.raises(SystemExit) as stop:
        run_tool(BENCHMARK, mini, *args)
    assert stop.value.code == 2


def test_launcher_with_one_process(run_tool, mini, monkeypatch):
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    for name, value in (('RANK', 0), ('WORLD_SIZE', 1),
                        ('MASTER_ADDR', '127.0.0.1'), ('MASTER_PORT', port)):
        monkeypatch.setenv(name, str(value))
    try:
        assert 'Done batch' in log_of(run_tool, mini, '--launcher', 'pytorch')
    finally:
        torch.distributed.destroy_process_group()


def part(printed, name):
    """Millions of parameters and GFLOPs of a line of get_flops.py."""
    row = next(r for r in printed.splitlines() if r.startswith(name + ' '))
    return tuple(map(float, row.split()[-2:]))


def test_flops_of_images(run_tool, mini, capsys):
    run_tool(FLOPS, mini, '--num-images', 2)
    printed = capsys.readouterr().out
    assert 'of the 2 input(s): 160 x 160' in printed
    run_tool(FLOPS, mini, '--shape', 160, 160)
    assert part(printed, 'all') == part(capsys.readouterr().out, 'all')


@pytest.mark.parametrize('name, clip_runs',
                         [('hoiclip/hoiclip_mini_synhico.py', True),
                          ('gen_vlkt/gen_vlkt_mini_synhico.py', False),
                          ('detr/detr_mini_synhico.py', None)])
def test_flops_of_a_size(run_tool, capsys, name, clip_runs):
    run_tool(FLOPS, CONFIGS / name, '--shape', 64)
    printed = capsys.readouterr().out
    assert part(printed, 'backbone')[1] > 0
    if clip_runs is not None:
        parameters, flops = part(printed, 'clip_visual')
        assert parameters > 1 and (flops > 0) == clip_runs


@pytest.mark.parametrize('args', [('--shape', 1, 2, 3), ('--shape', 0),
                                  ('--num-images', 0)])
def test_flops_arguments(run_tool, mini, args):
    with pytest.raises(SystemExit) as stop:
        run_tool(FLOPS, mini, *args)
    assert stop.value.code == 2


def test_flops_errors(fail_tool, mini):
    assert 'does not exist' in fail_tool(FLOPS, mini.with_name('absent.py'))
    assert 'give --shape' in fail_tool(FLOPS, mini, '--cfg-options',
                                       'val_dataloader=None')
