# Copyright (c) mmhoi contributors.
"""Time to load the training annotation and memory with worker processes.

PSS counts a page that several processes share once, split among them: its sum
is what the machine needs. USS is what a process shares with no other one.
"""
import argparse
import gc
import tempfile
import time
from pathlib import Path

from mmengine.runner import Runner
from photo_like_data import write_data

from mmhoi.registry import DATASETS
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.run_config import load_config_file

CONFIG = Path(__file__).parents[1] / 'configs/_base_/datasets/hico_det.py'
# Of HICO-DET's training set.
NUM_IMAGES = 38_118


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--num-images',
        type=int,
        default=NUM_IMAGES,
        help=f'images of the annotation (default: {NUM_IMAGES})')
    parser.add_argument(
        '--num-workers',
        type=int,
        nargs='+',
        default=[0, 2, 4],
        help='worker processes (default: 0 2 4)')
    parser.add_argument(
        '--batches',
        type=int,
        default=10,
        help='batches of 8 images read before memory is measured '
        '(default: 10)')
    return parser.parse_args()


def memory(pid='self'):
    """PSS and USS of a process, MB."""
    lines = Path(f'/proc/{pid}/smaps_rollup').read_text(
        'ascii').splitlines()[1:]
    kb = {line.split(':')[0]: int(line.split()[1]) for line in lines}
    uss = kb['Private_Clean'] + kb['Private_Dirty']
    return kb['Pss'] / 1024, uss / 1024


def build(folder):
    """The dataset of the HICO-DET config on made-up data."""
    loader = load_config_file(CONFIG).train_dataloader
    loader.dataset.data_root = folder
    start, before = time.perf_counter(), memory()[1]
    dataset = DATASETS.build(loader.dataset)
    seconds = time.perf_counter() - start
    gc.collect()
    print(
        f'{len(dataset)} images loaded in {seconds:.2f} s; annotations '
        f'{dataset.data_bytes.nbytes / 2**20:.1f} MB, process grown by '
        f'{memory()[1] - before:.0f} MB',
        flush=True)
    return loader, dataset


def measure(loader, dataset, num_workers, batches):
    """One row of the table."""
    cfg = dict(
        loader,
        dataset=dataset,
        num_workers=num_workers,
        persistent_workers=num_workers > 0)
    iterator = iter(Runner.build_dataloader(cfg, seed=0))
    start = time.perf_counter()
    for _ in range(batches):
        next(iterator)
    seconds = time.perf_counter() - start
    pids = [worker.pid for worker in getattr(iterator, '_workers', [])]
    main, workers = memory(), [memory(pid) for pid in pids]
    uss = sum(worker[1] for worker in workers) / max(len(workers), 1)
    total = main[0] + sum(worker[0] for worker in workers)
    print(
        f'{num_workers:7d} {main[1]:9.0f} {uss:15.0f} {total:10.0f} '
        f'{8 * batches / seconds:9.1f}',
        flush=True)


def main():
    args = parse_args()
    register_all_modules()
    with tempfile.TemporaryDirectory() as folder:
        # Reading many times the same few images takes no other memory.
        write_data(folder, args.num_images, num_files=64)
        loader, dataset = build(folder)
        print('workers  main USS  worker USS mean  PSS total  images/s')
        for num_workers in args.num_workers:
            measure(loader, dataset, num_workers, args.batches)


if __name__ == '__main__':
    main()
