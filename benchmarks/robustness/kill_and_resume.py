# Copyright (c) mmhoi contributors.
"""Kill runs at any moment, or fill their disk, and see what is lost.

Trains mini models on a few rendered scenes, on the CPU. A run that was killed
(SIGKILL, its loading processes, too) and resumed must end with the same
weights, optimizer and best checkpoint as one that was not, bit for bit. A file
is either as it was or whole. Prints a table; exit status 1 if anything is
lost.

An extra beside the speed benchmarks: `run.py` does not start it.
"""
import argparse
import os
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Sequence

import torch
from forked_runs import ROOT, STEP, Runs, SmallDisk, after_steps, while_writing
from safetensors import safe_open

from mmhoi.checkpoints import CheckpointError
from mmhoi.checkpoints.wholeness import read_whole

CONFIG = """
_base_ = '{root}/configs/{method}/{method}_mini_synhico.py'
train_dataloader = dict(
    batch_size=3, num_workers={workers},
    dataset=dict(data_root='{data}', indices=6))
val_dataloader = dict(
    batch_size=2, num_workers=0, dataset=dict(data_root='{data}', indices=2))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=3, val_interval=1)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict({checkpoint}))
randomness = dict(seed=3)
{more}
"""
FSDP = """
runner_type = 'FlexibleRunner'
strategy = dict(type='mmhoi.HOIFSDPStrategy')
"""
# No measure can get better by so much: it stops after the third validation.
EARLY_STOPPING = """
train_cfg.update(max_epochs=5)
custom_hooks = [dict(
    type='EarlyStoppingHook', monitor='hico/full', rule='greater',
    min_delta=1000., patience=2)]
"""
TRAININGS = dict(
    hoiclip=dict(method='hoiclip'),
    gen_vlkt=dict(method='gen_vlkt'),
    qpic=dict(method='qpic'),
    upt=dict(method='upt'),
    by_iteration=dict(
        method='hoiclip', checkpoint='by_epoch=False, interval=1'),
    ema_without_workers=dict(
        method='hoiclip',
        workers=0,
        more="custom_hooks = [dict(type='EMAHook')]"),
    early_stopping=dict(method='hoiclip', more=EARLY_STOPPING),
    two_processes=dict(method='gen_vlkt', processes=2),
    fsdp=dict(method='gen_vlkt', processes=2, more=FSDP))


def differing(found: object, expected: object, path: str = '') -> List[str]:
    """What is not the same, bit for bit, in two nested containers."""
    if isinstance(expected, torch.Tensor):
        same = isinstance(found, torch.Tensor) and torch.equal(found, expected)
        return [] if same else [path]
    if isinstance(expected, dict):
        if set(found) != set(expected):
            return [path + ' keys']
        pairs = [(k, found[k], expected[k]) for k in expected]
    elif isinstance(expected, (list, tuple)):
        if len(found) != len(expected):
            return [path + ' length']
        pairs = [(k, *v) for k, v in enumerate(zip(found, expected))]
    else:
        return [] if found == expected else [path]
    return [d for k, a, b in pairs for d in differing(a, b, f'{path}.{k}')]


def lost(folder: Path, whole: Path) -> List[str]:
    """What a resumed run has other than a whole one."""
    names = sorted(p.name for p in whole.glob('*.pth'))
    if sorted(p.name for p in folder.glob('*.pth')) != names:
        return [f'files {sorted(p.name for p in folder.glob("*.pth"))}']
    problems = []
    for name in names:
        a, b = (
            torch.load(p / name, weights_only=False) for p in (folder, whole))
        for key in ('state_dict', 'optimizer', 'param_schedulers',
                    'ema_state_dict'):
            if key in b:
                problems += differing(a[key], b[key], f'{name} {key}')
    return problems


def train_kills(runs: Runs,
                name: str,
                config: Path,
                moments: Sequence,
                processes: int = 1) -> List[str]:
    """Kill trainings at moments; returns the rows of the table."""
    environ, command = {}, ('train.py', config)
    if processes > 1:
        environ = dict(WORLD_SIZE=str(processes))
        command = (*command, '--launcher', 'pytorch')
    whole = runs.work / f'{name}_whole'
    begin = time.perf_counter()
    steps = runs.run(*command, '--work-dir', whole, **environ).count(STEP)
    seconds = time.perf_counter() - begin
    if runs.failed:
        return [f'| {name} | whole run | failed, see {runs.log} |']
    results: Dict[str, List[List[str]]] = {}
    for number, (kind, moment) in enumerate(moments):
        folder = runs.work / f'{name}_{number}'
        if kind == 'any time':
            moment = after_steps(runs.log, moment * (steps + 1),
                                 seconds / (steps + 2))
        else:
            moment = while_writing(folder, '*', moment)
        process = runs.start(*command, '--work-dir', folder, **environ)
        if not runs.kill(process, moment):
            kind = 'after its end'
        runs.run(*command, '--work-dir', folder, '--resume', **environ)
        problems = lost(folder, whole)
        if runs.failed:
            problems.append('the resumed run failed')
        results.setdefault(kind, []).append(problems)
        if not problems:
            shutil.rmtree(folder)
    return [
        f'| training {name} | {kind} | {len(found)} | '
        f'{sum(not p for p in found)} | '
        f'{"; ".join(sum(found, [])[:3])} |'
        for kind, found in results.items()
    ]


def file_kills(runs: Runs, name: str, command: Callable[[Path], tuple],
               pattern: str, times: int) -> str:
    """Kill a tool while it writes its file; the row of the table."""
    whole = runs.work / f'{name}_whole'
    args, environ = command(whole)
    runs.run(*args, **environ)
    expected = _contents(whole, pattern)
    problems, kills = [], 0
    if runs.failed or not expected:
        problems.append(f'whole run failed, see {runs.log}')
    for number in range(times):
        folder = runs.work / f'{name}_{number}'
        args, environ = command(folder)
        kills += runs.kill(
            runs.start(*args, **environ), while_writing(folder, pattern))
        if _contents(folder, pattern):
            problems.append(f'{folder} has a file')
        runs.run(*args, **environ)
        if _contents(folder, pattern) != expected or runs.failed:
            problems.append(f'{folder} differs')
    return (f'| {name} | while it is written | {kills} | '
            f'{kills - len(problems)} | {"; ".join(problems)} |')


def full_disk(runs: Runs, name: str, command: Callable[[Path], tuple],
              pattern: str, size: int, goes_on: bool) -> str:
    """Let a file not be written; the row of the table."""
    disk = SmallDisk(runs.work / f'{name}_full', size)
    args, environ = command(disk.folder)
    text = runs.run(*args, **environ)
    problems = _not_told(text)
    if _contents(disk.folder, pattern):
        problems.append('a file is there')
    if runs.failed == goes_on:
        problems.append('exit status')
    disk.grow()
    runs.run(*args, **environ)
    if not _contents(disk.folder, pattern) or runs.failed:
        problems.append('not written with space')
    disk.close()
    return (f'| {name} | full disk | 1 | {int(not problems)} | '
            f'{"; ".join(problems)} |')


def full_disk_in_training(runs: Runs, config: Path) -> str:
    """A checkpoint that cannot be written; the row of the table."""
    whole = runs.work / 'hoiclip_whole'
    size = (whole / 'epoch_1.pth').stat().st_size
    # Enough for two of the three.
    disk = SmallDisk(runs.work / 'disk', int(size * 2.8))
    args = 'train.py', config, '--work-dir', disk.folder
    problems = _not_told(runs.run(*args))
    try:
        for path in disk.folder.glob('*.pth'):
            read_whole(path)
    except CheckpointError as error:
        problems.append(str(error))
    if not runs.failed or not (disk.folder / 'epoch_1.pth').exists():
        problems.append('it was not full')
    disk.grow()
    runs.run(*args, '--resume')
    problems += lost(disk.folder, whole)
    disk.close()
    return (f'| training | full disk | 1 | {int(not problems)} | '
            f'{"; ".join(problems[:3])} |')


def _not_told(text: str) -> List[str]:
    """Whether one line, and no traceback, says that the disk is full."""
    told = 'No space left on device' in text or 'may be full' in text
    return [] if told and 'Traceback' not in text else ['no line says it']


def _contents(folder: Path, pattern: str) -> Dict[str, object]:
    return {
        str(path.relative_to(folder)): _content(path)
        for path in folder.rglob(pattern)
        if not path.name.endswith('.unfinished')
    }


def _content(path: Path) -> object:
    """What a file says, without the order and names that formats add."""
    if path.suffix == '.pt':
        return torch.load(path, weights_only=True).numpy().tobytes()
    if path.suffix == '.safetensors':
        with safe_open(path, 'np') as file:
            tensors = {n: file.get_tensor(n).tobytes() for n in file.keys()}
            return file.metadata(), tensors
    return path.read_bytes()


def write_config(work: Path,
                 name: str,
                 method: str,
                 workers: int = 1,
                 checkpoint: str = '',
                 more: str = '') -> Path:
    """Write a config of a small training."""
    path = work / f'{name}.py'
    path.write_text(
        CONFIG.format(
            root=ROOT,
            method=method,
            data=work / 'data',
            workers=workers,
            checkpoint=checkpoint,
            more=more))
    return path


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('work', type=Path, help='a new folder for all files')
    parser.add_argument(
        '--kills', type=int, default=20, help='of HOICLIP; default: 20')
    parser.add_argument(
        '--others',
        type=int,
        default=2,
        help='of each other training; default: 2')
    parser.add_argument(
        '--only',
        nargs='*',
        default=[],
        choices=[*TRAININGS, 'files'],
        help='default: all')
    parser.add_argument(
        '--seed', type=int, default=0, help='of the moments; default: 0')
    return parser.parse_args()


def main() -> int:
    args = parse_args()
    args.work = args.work.resolve()
    args.work.mkdir(parents=True)
    torch.set_num_threads(1)
    os.environ['MMHOI_CACHE'] = str(args.work / 'cache')
    # What the copies need not import again.
    from mmhoi.setup_env import register_all_modules
    from mmhoi.synthetic import write_synhico
    register_all_modules(init_default_scope=False)
    write_synhico(args.work / 'data', 12, 4, progress=False)
    rows = [
        '| what | killed | times | nothing lost | problems |',
        '| --- | --- | --- | --- | --- |'
    ]
    print(*rows, sep='\n', flush=True)
    for row in all_rows(args, Runs(args.work)):
        rows.append(row)
        print(row, flush=True)
    return int(any(not row.endswith('|  |') for row in rows[2:]))


def all_rows(args: argparse.Namespace, runs: Runs) -> Iterator[str]:
    """Kill everything that the arguments ask for; yields the rows."""
    chance = random.Random(args.seed)

    def moments(count: int) -> List:
        writing = count // 4
        return [('any time', chance.random()) for _ in range(count - writing)
                ] + [('while a checkpoint is written', 1 + 2 * i)
                     for i in range(writing)]

    for name, options in TRAININGS.items():
        # The files are made with its weights.
        whole_only = name == 'hoiclip' and 'files' in args.only
        if args.only and name not in args.only and not whole_only:
            continue
        options = dict(options)
        processes = options.pop('processes', 1)
        config = write_config(args.work, f'of_{name}', **options)
        count = args.kills if name == 'hoiclip' else args.others
        yield from train_kills(runs, name, config,
                               moments(0 if whole_only else count), processes)
        if name == 'hoiclip' and not whole_only:
            yield full_disk_in_training(runs, config)
    if not args.only or 'files' in args.only:
        yield from file_rows(runs, args.work)


def file_rows(runs: Runs, work: Path) -> Iterator[str]:
    """Kill and hinder what writes other files; yields the rows."""
    config = work / 'of_hoiclip.py'
    weights = work / 'hoiclip_whole' / 'epoch_3.pth'

    def dump(folder: Path) -> tuple:
        return ('test.py', config, weights, '--work-dir', work / 'test',
                '--out', folder / 'p.pkl'), {}

    def cache(folder: Path) -> tuple:
        return ('test.py', config, weights, '--work-dir', work / 'test'), {
            'MMHOI_CACHE': str(folder)
        }

    def extraction(folder: Path) -> tuple:
        return ('misc/extract_verb_embeddings.py', config,
                folder / 'verbs.safetensors', '--num-workers', '0',
                '--resume'), {}

    for name, command, pattern, limit, goes_on in (
        ('dump', dump, 'p.pkl', 8_000, False),
        ('text_cache', cache, 'text_*.pt', 20_000, True),
        ('extraction', extraction, 'verbs.safetensors', 40_000, False),
    ):
        yield file_kills(runs, name, command, pattern, 2)
        yield full_disk(runs, name, command, pattern, limit, goes_on)


if __name__ == '__main__':
    sys.exit(main())
