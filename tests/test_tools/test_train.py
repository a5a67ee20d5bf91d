# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
import torch
from mmengine.config import Config


def load(path):
    return torch.load(path, weights_only=False)


def weight(path):
    return load(path)['state_dict']['weight']


def test_default_work_dir_and_checkpoints(config, run_tool):
    run_tool('train', config)
    work_dir = Path('work_dirs', config.stem)
    assert (work_dir / 'epoch_2.pth').is_file()
    assert (work_dir / config.name).is_file()


def test_cfg_options_and_work_dir(config, run_tool):
    run_tool('train', config, '--work-dir', 'here', '--cfg-options',
             'train_cfg.max_epochs=1')
    assert [path.name
            for path in Path('here').glob('*.pth')] == ['epoch_1.pth']


@pytest.mark.parametrize('resume',
                         [['--resume'], ['--resume', 'parts/epoch_1.pth']])
def test_resumed_run_equals_uninterrupted_run(config, run_tool, resume):
    run_tool('train', config, '--work-dir', 'whole')
    Path('parts').mkdir()
    for name in 'epoch_1.pth', 'last_checkpoint':
        data = Path('whole', name).read_bytes()
        Path('parts', name).write_bytes(data)
    Path('parts', 'last_checkpoint').write_text('parts/epoch_1.pth')
    other = config.with_name(f'resumed_{config.name}')
    other.write_text(config.read_text())
    run_tool('train', other, '--work-dir', 'parts', *resume)
    whole, parts = load('whole/epoch_2.pth'), load('parts/epoch_2.pth')
    assert parts['meta']['epoch'] == whole['meta']['epoch'] == 2
    assert parts['meta']['iter'] == whole['meta']['iter'] == 8
    momentum = [
        c['optimizer']['state'][0]['momentum_buffer'] for c in (whole, parts)
    ]
    assert torch.equal(*momentum)
    assert torch.equal(whole['state_dict']['weight'],
                       parts['state_dict']['weight'])


def test_first_start_with_resume_keeps_load_from(config, run_tool):
    torch.save(dict(state_dict=dict(weight=torch.tensor([7., 9.]))), 'w.pth')
    run_tool('train', config, '--work-dir', 'w', '--resume', '--cfg-options',
             'load_from=w.pth', 'optim_wrapper.optimizer.lr=0.')
    assert weight('w/epoch_2.pth').tolist() == [7, 9]


def test_auto_scale_lr(config, run_tool, fail_tool):
    assert 'auto_scale_lr.base_batch_size' in fail_tool(
        'train', config, '--auto-scale-lr')
    text = 'auto_scale_lr = dict(enable=False, base_batch_size=8)\n'
    other = config.with_name(f'scaled_{config.name}')
    other.write_text(config.read_text() + text)
    run_tool('train', other, '--work-dir', 'w', '--auto-scale-lr')
    groups = load('w/epoch_2.pth')['optimizer']['param_groups']
    # One process with a batch of 2 instead of 8 images.
    assert groups[0]['lr'] == pytest.approx(0.1 * 2 / 8)


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
def test_amp_is_bfloat16_on_a_cpu(config, run_tool):
    run_tool('train', config, '--work-dir', 'w', '--amp')
    assert Config.fromfile(Path(
        'w', config.name)).optim_wrapper.type == 'BFloat16OptimWrapper'
    assert torch.isfinite(weight('w/epoch_2.pth')).all()


@pytest.mark.skipif(torch.cuda.is_available(), reason='is about CPUs')
@pytest.mark.parametrize('tool', ['train', 'test'])
def test_float16_needs_a_gpu(config, fail_tool, tool):
    checkpoint = ['none'] if tool == 'test' else []
    message = fail_tool(tool, config, *checkpoint, '--amp', '--amp-dtype',
                        'float16')
    assert 'use --amp-dtype bfloat16' in message


def test_compile_leaves_other_models_alone(config, run_tool):
    run_tool('train', config, '--work-dir', 'w', '--compile')
    assert torch.isfinite(weight('w/epoch_2.pth')).all()


def test_missing_config_names_a_similar_one(config, fail_tool):
    wrong = config.with_name(config.name.replace('test', 'tset', 1))
    message = fail_tool('train', wrong)
    assert str(wrong) in message
    assert f'did you mean {config}?' in message


def test_unwritable_work_dir_is_told_before_anything_else(config, fail_tool):
    Path('file').touch()
    message = fail_tool('train', config, '--work-dir', 'file/below',
                        '--cfg-options', 'model.type=Unknown')
    assert 'file/below' in message and '--work-dir' in message


@pytest.mark.parametrize('checkpoint, part', [
    ('absent.pth', 'absent.pth'),
    ('other.pth', 'weight (5,) instead of (2,)'),
])
def test_resume_from_unfit_checkpoint(config, fail_tool, checkpoint, part):
    state = dict(state_dict=dict(weight=torch.zeros(5)), meta={})
    torch.save(state, 'other.pth')
    assert part in fail_tool('train', config, '--resume', checkpoint)


def test_bad_loss_ends_with_one_line(config, fail_tool):
    message = fail_tool('train', config, '--cfg-options',
                        'default_hooks.check.type=NonFiniteCheckHook',
                        'optim_wrapper.optimizer.lr=1e30')
    assert message.startswith('error: loss is not finite in epoch 1, '
                              'iteration')
    assert 'loss_square = inf' in message


@pytest.mark.parametrize('hook, options, part', [
    ('ClassGuardHook', ['model.num_hois=5'], 'error: model. has 5 HOI'),
    ('BatchCheckHook', [
        'train_dataloader.batch_size=8', 'train_dataloader.drop_last=True'
    ], 'error: 7 training images do not fill a batch of 8'),
])
def test_parts_that_do_not_fit_end_with_one_line(config, fail_tool, hook,
                                                 options, part):
    message = fail_tool('train', config, '--cfg-options',
                        f'default_hooks.check.type={hook}', *options)
    assert message.startswith(part)


def test_missing_initial_weights(config, fail_tool):
    message = fail_tool('train', config, '--cfg-options', 'load_from=absent',
                        'model.type=Unknown')
    assert '"absent" does not exist' in message
    assert 'load_from=None' in message


@pytest.mark.parametrize('tool', ['train', 'test'])
def test_a_data_type_without_mixed_precision_is_refused(
        tool, config, run_tool, capsys):
    with pytest.raises(SystemExit):
        run_tool(tool, config, *['a.pth'] * (tool == 'test'), '--amp-dtype',
                 'bfloat16')
    assert '--amp-dtype bfloat16 needs --amp' in capsys.readouterr().err
