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
import importlib.util
import os
import random
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence

import torch

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
_base_ = '{root}/configs/{base}'
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
BASES = {
    method: f'{method}/{method}_mini_synhico.py'
    for method in ('hoiclip', 'gen_vlkt', 'qpic', 'upt')
}


class Runs:
    """Starts tools of the package in processes that are copies of this one.

    So a run need not import anything.

    Args:
        work (Path): Folder for everything.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        self.log = work / 'log.txt'

    def start(self,
              tool: str,
              *args: object,
              file_limit: Optional[int] = None,
              **environ: str) -> int:
        """Start a tool; returns the number of its process.

        Args:
            tool (str): Its path below `tools/`.
            *args (object): Its arguments.
            file_limit (int, optional): Bytes that a file may have, as if the
                disk were full then. Defaults to None.
            **environ (str): Environment variables.
        """
        sys.stdout.flush()
        process = os.fork()
        if process:
            return process
        status = 1
        try:
            os.setsid()
            with self.log.open('a') as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            os.environ.update(environ)
            if file_limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE,
                                   (file_limit, file_limit))
            path = ROOT / 'tools' / tool
            sys.argv = [str(path), *map(str, args)]
            spec = importlib.util.spec_from_file_location('tool', path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            status = module.main() or 0
        except SystemExit as stop:
            print(stop.code)
            status = 0 if stop.code in (0, None) else 1
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status if isinstance(status, int) else 1)

    def run(self, *args: object, **options: object) -> str:
        """Run a tool to its end; returns what it printed."""
        before = self.log.stat().st_size if self.log.exists() else 0
        _, status = os.waitpid(self.start(*args, **options), 0)
        with self.log.open(errors='replace') as file:
            file.seek(before)
            text = file.read()
        self.failed = status != 0
        return text

    def kill(self, process: int, moment: Callable[[float], bool]) -> bool:
        """Kill a run as soon as it is the moment; whether it came."""
        begin = time.perf_counter()
        while not moment(time.perf_counter() - begin):
            if os.waitpid(process, os.WNOHANG)[0]:
                return False
            time.sleep(2e-4)
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return True


def while_writing(folder: Path, pattern: str, number: int = 1) -> Callable:
    """The moment when the n-th file of a kind is being written."""
    seen = set()

    def moment(_: float) -> bool:
        seen.update(folder.rglob(f'{pattern}.*.unfinished'))
        return len(seen) >= number

    return moment


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


def train_kills(runs: Runs, name: str, config: Path, moments: Sequence,
                environ: Dict[str, str]) -> List[str]:
    """Kill trainings at moments; returns the rows of the table."""
    whole = runs.work / f'{name}_whole'
    begin = time.perf_counter()
    runs.run('train.py', config, '--work-dir', whole, **environ)
    seconds = time.perf_counter() - begin
    if runs.failed:
        return [f'| {name} | whole run | failed, see {runs.log} |']
    results: Dict[str, List[List[str]]] = {}
    for number, (kind, moment) in enumerate(moments):
        folder = runs.work / f'{name}_{number}'
        if kind == 'any time':
            due = moment * seconds

            def moment(passed: float, due: float = due) -> bool:
                return passed > due
        else:
            moment = while_writing(folder, '*', moment)
        process = runs.start('train.py', config, '--work-dir', folder,
                             **environ)
        if not runs.kill(process, moment):
            kind = 'after its end'
        runs.run('train.py', config, '--work-dir', folder, '--resume',
                 **environ)
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
              pattern: str, limit: int, goes_on: bool) -> str:
    """Let a file not be written; the row of the table."""
    folder = runs.work / f'{name}_full'
    args, environ = command(folder)
    text = runs.run(*args, file_limit=limit, **environ)
    said = [
        line for line in text.splitlines()
        if 'File too large' in line or 'disk may be full' in line
    ]
    problems = []
    if _contents(folder, pattern):
        problems.append('a file is there')
    if not said or 'Traceback' in text:
        problems.append('no line says it')
    if runs.failed == goes_on:
        problems.append('exit status')
    runs.run(*args, **environ)
    if not _contents(folder, pattern) or runs.failed:
        problems.append('not written with space')
    return f'| {name} | full disk | 1 | {int(not problems)} | ' \
           f'{"; ".join(problems)} |'


def full_disk_in_training(runs: Runs, config: Path) -> str:
    """A checkpoint that cannot be written; the row of the table."""
    folder, whole = runs.work / 'disk', runs.work / 'hoiclip_whole'
    process = runs.start('train.py', config, '--work-dir', folder)
    runs.kill(process, lambda _: (folder / 'epoch_1.pth').exists())
    before = {p.name: p.read_bytes() for p in folder.glob('*.pth')}
    limit = len(before['epoch_1.pth']) // 2
    text = runs.run(
        'train.py', config, '--work-dir', folder, '--resume', file_limit=limit)
    problems = []
    if not runs.failed or 'Traceback' in text or \
            'no space is left' not in text:
        problems.append('no line says it')
    if any(
            Path(folder, name).read_bytes() != content
            for name, content in before.items()):
        problems.append('checkpoints have changed')
    runs.run('train.py', config, '--work-dir', folder, '--resume')
    problems += lost(folder, whole)
    return f'| training | full disk | 1 | {int(not problems)} | ' \
           f'{"; ".join(problems[:3])} |'


def _contents(folder: Path, pattern: str) -> Dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob(pattern)
        if not path.name.endswith('.unfinished')
    }


def write_config(work: Path,
                 name: str,
                 base: str,
                 workers: int = 1,
                 checkpoint: str = '',
                 more: str = '') -> Path:
    """Write a config of a small training."""
    path = work / f'{name}.py'
    path.write_text(
        CONFIG.format(
            root=ROOT,
            base=base,
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
    runs = Runs(args.work)
    chance = random.Random(args.seed)

    def moments(count: int) -> List:
        writing = count // 4
        return [('any time', chance.random()) for _ in range(count - writing)
                ] + [('while a checkpoint is written', 1 + 2 * i)
                     for i in range(writing)]

    rows = [
        '| what | killed | times | nothing lost | problems |',
        '| --- | --- | --- | --- | --- |'
    ]

    def add(*new: str) -> None:
        rows.extend(new)
        print(*new, sep='\n', flush=True)

    config = write_config(args.work, 'hoiclip', BASES['hoiclip'])
    add(*train_kills(runs, 'hoiclip', config, moments(args.kills), {}))
    add(full_disk_in_training(runs, config))
    weights = args.work / 'hoiclip_whole' / 'epoch_3.pth'
    ema = "custom_hooks = [dict(type='EMAHook')]"
    for name, options in {
            'gen_vlkt':
            dict(base=BASES['gen_vlkt']),
            'qpic':
            dict(base=BASES['qpic']),
            'upt':
            dict(base=BASES['upt']),
            'by iteration':
            dict(
                base=BASES['hoiclip'],
                checkpoint='by_epoch=False, interval=1'),
            'EMA, no workers':
            dict(base=BASES['hoiclip'], workers=0, more=ema),
    }.items():
        path = write_config(args.work,
                            name.split(',')[0].replace(' ', '_'), **options)
        add(*train_kills(runs,
                         name.replace(' ', '_').replace(',', ''), path,
                         moments(args.others), {}))

    def dump(folder: Path) -> tuple:
        return ('test.py', config, weights, '--work-dir', folder, '--out',
                folder / 'p.pkl'), {}

    def cache(folder: Path) -> tuple:
        return ('test.py', config, weights, '--work-dir', folder / 'work'), {
            'MMHOI_CACHE': str(folder)
        }

    def extraction(folder: Path) -> tuple:
        return ('misc/extract_verb_embeddings.py', config,
                folder / 'verbs.safetensors', '--num-workers', '0'), {}

    for name, command, pattern, limit, goes_on in (
        ('dump', dump, 'p.pkl', 10_000, False),
        ('text cache', cache, 'text_*.pt', 30_000, True),
        ('extraction', extraction, '*.safetensors', 10_000, False),
    ):
        add(file_kills(runs, name.replace(' ', '_'), command, pattern, 2))
        add(
            full_disk(runs, name.replace(' ', '_'), command, pattern, limit,
                      goes_on))
    print('\n'.join(['', *rows]))
    return int(any(not row.endswith('|  |') for row in rows[2:]))


if __name__ == '__main__':
    sys.exit(main())
