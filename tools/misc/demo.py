# Copyright (c) mmhoi contributors.
"""Render a data set, train a small model on it and show what it has learnt.

All commands are the ones a user would type; each is printed before it runs.
"""
import os
import re
import shlex
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from mmhoi.synthetic.writer import is_complete
from mmhoi.utils.cores import usable_cores
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.text_files import read_json
from mmhoi.utils.utf8 import use_utf8

CONFIG = 'configs/hoiclip/hoiclip_mini_synhico_demo.py'
DATA = 'data/synhico_demo'
WORK_DIR = 'work_dirs/demo'
#: Of the log of a training, which is whole in the work dir.
PROGRESS = r'Epoch\(|WARNING|^[+|]'
NUM_PICTURES = 24
COLUMNS = {'Full': 'full', 'Rare': 'rare', 'Non-rare': 'non_rare'}


def run(title, script, *args, shown=''):
    """Run a script of the repository with this interpreter.

    Of its output come the lines with the pattern `shown`; should it fail,
    the last ones, whatever they are.
    """
    print(f'\n=== {title}\n$ python {shlex.join([script, *args])}', flush=True)
    start = time.time()
    last = deque(maxlen=40)
    # One thread for each process; unset, libraries choose that with a warning.
    threads = dict(OMP_NUM_THREADS='1', MKL_NUM_THREADS='1') if shown else {}
    with subprocess.Popen([sys.executable, script, *args],
                          stdout=subprocess.PIPE if shown else None,
                          stderr=subprocess.STDOUT if shown else None,
                          encoding='utf-8',
                          errors='replace',
                          env={
                              **threads,
                              **os.environ
                          }) as process:
        for line in process.stdout or ():
            last.append(line)
            if re.search(shown, line):
                print(line, end='', flush=True)
    if process.returncode != 0:
        sys.exit(f'{"".join(last)}demo: stopped, {script} failed with status '
                 f'{process.returncode}')
    print(f'=== {title}: {time.time() - start:.0f} s', flush=True)


def precision():
    """Mixed precision where bfloat16 is faster than float32."""
    import torch
    torch.set_num_threads(1)

    def seconds(dtype):
        """Of a product, small enough to take a second at the worst."""
        left, right = torch.ones(2, 256, 256, dtype=dtype)
        times = []
        for _ in range(3):
            start = time.perf_counter()
            left @ right
            times.append(time.perf_counter() - start)
        return min(times)

    return ['--amp'] if seconds(torch.bfloat16) < seconds(
        torch.float32) else []


def render():
    """Render the data set unless an earlier run has completed it."""
    if is_complete(DATA):
        print(f'\n=== {DATA} is complete', flush=True)
        return
    run('Render SynHICO', 'tools/dataset_converters/make_synhico.py', DATA,
        '--num-train', '4000', '--num-test', '500', '--overwrite')


def train():
    """Run tools/train.py, as two processes where there are two cores."""
    args = [CONFIG, '--work-dir', f'{WORK_DIR}/train', *precision()]
    # Layers of this size gain less from a second thread.
    if usable_cores() < 2:
        run('Train', 'tools/train.py', *args, shown=PROGRESS)
    else:
        # With both cores taken, loaders of their own would only add work.
        run('Train',
            '-m',
            'torch.distributed.run',
            '--standalone',
            '--local_addr=127.0.0.1',
            '--nproc_per_node=2',
            'tools/train.py',
            *args,
            '--launcher',
            'pytorch',
            '--cfg-options',
            'train_dataloader.batch_size=16',
            'train_dataloader.num_workers=0',
            'train_dataloader.persistent_workers=False',
            shown=PROGRESS)


def test(title, checkpoint, work_dir, args=(), options=()):
    """Run tools/test.py; returns the newest result folder of the work dir."""
    run(title, 'tools/test.py', CONFIG, checkpoint, '--work-dir', work_dir,
        *args, '--cfg-options', 'log_level=WARNING', *options)
    return max(p for p in Path(work_dir).iterdir() if p.is_dir())


def metrics(result_dir):
    """The metrics that tools/test.py left in its result folder."""
    return read_json(result_dir / f'{result_dir.name}.json')


@one_line_errors
def main():
    start = time.time()
    render()
    untrained = test('Test the untrained model', 'none',
                     f'{WORK_DIR}/untrained')
    train()
    checkpoint = Path(WORK_DIR, 'train', 'last_checkpoint').read_text('utf-8')
    trained = test('Test the trained model', checkpoint, f'{WORK_DIR}/trained')
    pictures = test('Draw predictions', checkpoint, f'{WORK_DIR}/pictures',
                    ('--show-dir', 'images'),
                    (f'test_dataloader.dataset.indices={NUM_PICTURES}', ))

    print('\nmAP on the test images' + ''.join(f'{column:>10}'
                                               for column in COLUMNS))
    for name, folder in ('untrained', untrained), ('trained', trained):
        result = metrics(folder)
        print(f'{name:<22}' + ''.join(f'{result[f"hico/{key}"]:>10.2f}'
                                      for key in COLUMNS.values()))
    print(f'\ncheckpoint: {checkpoint}\npictures:   {pictures / "images"}\n'
          f'time:       {(time.time() - start) / 60:.1f} min')


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
