# Copyright (c) mmhoi contributors.
"""Runs that were interrupted, moved, copied or mixed up."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from killed_run import RANDOM, Killed, assert_same_run, lines, load

ROOT = Path(__file__).resolve().parents[2]
BEST = ('default_hooks.checkpoint.save_best=line/mean',
        'default_hooks.checkpoint.rule=greater')

ITERATIONS = ('default_hooks.checkpoint.by_epoch=False', )
LOOP = ('train_cfg._delete_=True', 'train_cfg.type=IterBasedTrainLoop',
        'train_cfg.max_iters=8', *ITERATIONS)


@pytest.mark.parametrize('options, last', [
    ((), 'epoch_2.pth'),
    (ITERATIONS, 'iter_8.pth'),
    (('optim_wrapper.accumulative_counts=3', *ITERATIONS), 'iter_8.pth'),
    (LOOP, 'iter_8.pth'),
    ((*LOOP, 'train_dataloader.sampler.type=InfiniteSampler'), 'iter_8.pth'),
])
def test_bit_for_bit(train, options, last):
    train('whole', *options)
    with pytest.raises(Killed):
        train('parts', *options, 'default_hooks.stop.at=6')
    # Another number of processes that load data makes no difference.
    train(
        'parts', *options, 'train_dataloader.num_workers=2', args=['--resume'])
    assert_same_run('whole', 'parts', last)
    # There was something random.
    train('other', *options, 'randomness.seed=1')
    with pytest.raises(AssertionError):
        assert_same_run('whole', 'other', last)


def test_seed_of_its_own_is_kept(train):
    with pytest.raises(Killed):
        train('a', 'randomness.seed=None', 'default_hooks.stop.at=6')
    shutil.copytree('a', 'b')
    for name in 'ab':
        train(name, 'randomness.seed=None', args=['--resume'])
    assert_same_run('a', 'b')


def test_interrupted_validation_is_made_up_for(train):
    train('whole', *BEST)
    with pytest.raises(Killed):
        train('parts', *BEST, 'default_hooks.stop.in_validation=1')
    assert not list(Path('parts').glob('best*'))
    train('parts', *BEST, args=['--resume'])
    best = [
        sorted(p.name for p in Path(name).glob('best*'))
        for name in ('whole', 'parts')
    ]
    assert best[0] == best[1] != []


def test_killed_run_is_resumed(tmp_path):
    script = ROOT / 'benchmarks/robustness/kill_and_resume.py'
    done = subprocess.run(
        [sys.executable, script, tmp_path / 'work', '--only', 'qpic'],
        capture_output=True,
        text=True,
        env={
            **os.environ, 'PYTHONPATH': str(ROOT)
        })
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


def test_moved_and_copied(train, capfd):
    with pytest.raises(Killed):
        train('a', *BEST, 'default_hooks.stop.at=6')
    shutil.copytree('a', 'copy')
    Path('a').rename('moved')
    # Another run has the place and the name.
    train('a', 'randomness.seed=7', *BEST)
    others = {p: p.read_bytes() for p in Path('a').glob('*.pth')}
    capfd.readouterr()
    for name in 'moved', 'copy':
        train(name, *BEST, args=['--resume'])
        assert f'{name}/epoch_1.pth' in capfd.readouterr().out
    assert_same_run('moved', 'copy')
    assert {p: p.read_bytes() for p in Path('a').glob('*.pth')} == others


def test_checkpoints_in_another_place(train):
    place = 'default_hooks.checkpoint.out_dir=large_disk'
    train('whole')
    with pytest.raises(Killed):
        train('a', place, 'default_hooks.stop.at=6')
    train('a', place, args=['--resume'])
    assert_same_run('whole', 'large_disk/a')


KEEP_ONE = (*BEST, 'default_hooks.checkpoint.max_keep_ckpts=1')


def test_continued_elsewhere_deletes_nothing_there_or_here(train):
    train('a', *BEST)
    train('b', 'randomness.seed=7', *BEST)
    before = {
        p: p.read_bytes()
        for name in 'ab'
        for p in Path(name).glob('*.pth')
    }
    train(
        'b',
        *KEEP_ONE,
        'train_cfg.max_epochs=4',
        args=['--resume', 'a/epoch_1.pth'])
    contents = [
        p.read_bytes() for name in 'ab' for p in Path(name).glob('*.pth')
    ]
    assert all(content in contents for content in before.values())
    for path, content in before.items():
        if path.parent.name == 'a' or path.name.startswith('best'):
            kept = [path, *path.parent.glob(f'{path.stem}.of_*')]
            assert any(p.read_bytes() == content for p in kept), path


def test_second_run_in_a_folder_keeps_the_first_ones_files(train, capfd):
    train('a', *BEST)
    before = [p.read_bytes() for p in Path('a').glob('*.pth')]
    train('a', *KEEP_ONE, 'randomness.seed=7')
    contents = [p.read_bytes() for p in Path('a').glob('*.pth')]
    assert all(content in contents for content in before)
    assert any('is of another run' in line and '--work-dir' in line
               for line in lines(capfd))
    # Of its own files the second one has kept one, and the best.
    assert [p.name for p in Path('a').glob('epoch_?.pth')] == ['epoch_2.pth']


def test_too_many_own_checkpoints_are_deleted(train):
    with pytest.raises(Killed):
        train('a', *KEEP_ONE, 'default_hooks.stop.at=6')
    train('a', *KEEP_ONE, 'train_cfg.max_epochs=4', args=['--resume'])
    assert [p.name for p in Path('a').glob('epoch*')] == ['epoch_4.pth']
    assert len(list(Path('a').glob('best*'))) == 1


def test_one_run_at_a_time(config, fail_tool, tmp_path):
    Path('a').mkdir()
    code = ('import sys; from mmhoi.utils.folder_lock import lock_folder; '
            'lock = lock_folder("a"); print(1, flush=True); sys.stdin.read()')
    with subprocess.Popen([sys.executable, '-c', code],
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE,
                          env={
                              **os.environ, 'PYTHONPATH': str(ROOT)
                          }) as one:
        one.stdout.readline()
        message = fail_tool('train', config, '--work-dir', 'a')
        one.stdin.close()
    assert f'process {one.pid} on' in message and '--work-dir' in message


def cut_off(path):
    path.write_bytes(path.read_bytes()[:1000])


def spoil(path):
    content = bytearray(path.read_bytes())
    where = content.index(load(path)['state_dict']['weight'].numpy().tobytes())
    content[where] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize('damage, part', [
    (lambda path: cut_off(path), 'epoch_2.pth is damaged'),
    (lambda path: spoil(path), 'epoch_2.pth is damaged'),
    (lambda path: path.write_bytes(b''), 'epoch_2.pth is damaged'),
    (lambda path: path.unlink(), 'which "a/last_checkpoint" names, is absent'),
])
def test_damaged_checkpoint_falls_back(train, capfd, damage, part):
    train('a')
    whole = load('a/epoch_2.pth')['state_dict']['weight']
    damage(Path('a/epoch_2.pth'))
    train('a', args=['--resume'])
    line, = [line for line in lines(capfd) if 'goes on from the' in line]
    assert part in line and 'a/epoch_1.pth' in line
    assert torch.equal(load('a/epoch_2.pth')['state_dict']['weight'], whole)


@pytest.mark.parametrize('note', ['', '\0\0', 'epoch_9.pth'])
def test_damaged_note(train, capfd, note):
    train('a')
    Path('a/last_checkpoint').write_text(note)
    train('a', 'train_cfg.max_epochs=3', args=['--resume'])
    line, = [line for line in lines(capfd) if 'goes on from the' in line]
    assert 'last_checkpoint"' in line and 'a/epoch_2.pth' in line


def test_no_whole_checkpoint(train, config, fail_tool):
    train('a', 'train_cfg.max_epochs=1')
    cut_off(Path('a/epoch_1.pth'))
    message = fail_tool('train', config, '--work-dir', 'a', '--resume')
    assert 'no checkpoint in "a" can be read' in message
    assert 'without --resume' in message


@pytest.mark.parametrize('tool', ['test', 'train'])
def test_damaged_file_is_one_line(train, config, fail_tool, tool):
    train('a', 'train_cfg.max_epochs=1')
    spoil(Path('a/epoch_1.pth'))
    args = ['a/epoch_1.pth'
            ] if tool == 'test' else ['--resume', 'a/epoch_1.pth']
    message = fail_tool(tool, config, *args)
    line, = message.splitlines()
    assert 'a/epoch_1.pth is damaged' in line


def rates(path):
    group, = load(path)['optimizer']['param_groups']
    return group['lr']


COSINE = ('param_scheduler.type=CosineAnnealingLR',
          'param_scheduler.convert_to_iter_based=True',
          'optim_wrapper.paramwise_cfg.custom_keys.weight.lr_mult=0.5')


@pytest.mark.parametrize('first, then', [
    (('train_cfg.max_epochs=1', ), ()),
    (('optim_wrapper.optimizer.lr=0.02', ), ()),
    (('param_scheduler.eta_min=0.05', ), ()),
    (('train_dataloader.batch_size=4', ), ()),
    ((), ('optim_wrapper.type=BFloat16OptimWrapper', )),
])
def test_what_is_asked_for_is_done(train, capfd, first, then):
    train('whole', *COSINE, *then)
    with pytest.raises(Killed):
        train('a', *COSINE, *first, 'default_hooks.stop.in_validation=1')
    capfd.readouterr()
    train('a', *COSINE, *then, args=['--resume'])
    line, = [line for line in lines(capfd) if 'config has changed' in line]
    changed = (first or then)[0].partition('=')
    assert changed[0] in line
    assert rates('a/epoch_2.pth') == pytest.approx(
        rates('whole/epoch_2.pth'), rel=1e-6)
    assert load('a/epoch_2.pth')['meta']['iter'] == 8


def test_only_what_has_changed_is_told(train, capfd):
    with pytest.raises(Killed):
        train('a', *COSINE, 'default_hooks.stop.at=6')
    capfd.readouterr()
    train('a', *COSINE, args=['--resume'])
    line, = [line for line in lines(capfd) if 'config has changed' in line]
    assert line.endswith('now: default_hooks.stop.at is gone (was 6)')


def test_finished_run_says_so(train, capfd):
    train('a')
    train('a', args=['--resume'])
    line, = [line for line in lines(capfd) if 'finished' in line]
    assert '2 epochs of 2' in line and 'train_cfg.max_epochs=N' in line


def test_other_seed_is_used(train):
    with pytest.raises(Killed):
        train('a', 'default_hooks.stop.at=6')
    shutil.copytree('a', 'b')
    train('a', args=['--resume'])
    train('b', 'randomness.seed=5', args=['--resume'])
    with pytest.raises(AssertionError):
        assert_same_run('a', 'b')
    assert load('b/epoch_2.pth')['meta']['seed'] == 5


@pytest.mark.parametrize('options, checkpoint, part', [
    (('optim_wrapper.optimizer.type=RMSprop', ), 'a/epoch_1.pth',
     'optimizer was SGD and is RMSprop'),
    (('train_dataloader.batch_size=4', ), 'a/iter_2.pth',
     'middle of an epoch'),
    ((), 'best', 'lacks optimizer'),
])
def test_what_cannot_be_done_is_refused(train, config, fail_tool, options,
                                        checkpoint, part):
    kind = ITERATIONS if 'iter' in checkpoint else ()
    with pytest.raises(Killed):
        train('a', *BEST, *kind, 'default_hooks.stop.at=6')
    if checkpoint == 'best':
        checkpoint, = Path('a').glob('best*')
    message = fail_tool('train', config, '--work-dir', 'b', '--resume',
                        checkpoint, '--cfg-options', *RANDOM, *options)
    assert part in message


def test_config_of_a_copied_folder_asks_for_its_work_dir(
        train, config, fail_tool):
    train('a', 'train_cfg.max_epochs=1')
    shutil.copytree('a', 'copy')
    message = fail_tool('train', *Path('copy').glob('*.py'), '--resume')
    assert 'work_dir is "a"' in message and '--work-dir' in message
