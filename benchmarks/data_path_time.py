# Copyright (c) mmhoi contributors.
"""Training data: CPU time of each transform, and against the plain path.

Both sides use one thread, as in a worker process, and alternate.
"""
import argparse
import statistics
import tempfile
import time
from collections import Counter
from functools import wraps
from pathlib import Path

import cv2
import torch
from photo_like_data import make_records, write_data
from reference.data_path import ReferenceDataPath

from mmhoi.registry import DATASETS
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.run_config import load_config_file

CONFIG = Path(__file__).parents[1] / 'configs/_base_/datasets/hico_det.py'


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--num-images', type=int, default=32)
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(640, 480),
        metavar=('W', 'H'),
        help='size of the images, pixels (default: 640 480)')
    parser.add_argument(
        '--repeat', type=int, default=7, help='passes (default: 7)')
    return parser.parse_args()


def milliseconds(dataset):
    """Mean CPU time of an item."""
    start = time.process_time()
    for index in range(len(dataset)):
        dataset[index]
    return (time.process_time() - start) / len(dataset) * 1e3


def time_transforms(dataset):
    """Time all transforms of a dataset from now on."""
    seconds = Counter()

    def timed(transform):
        function = transform.transform

        @wraps(function)
        def run(results):
            start = time.process_time()
            results = function(results)
            seconds[type(transform).__name__] += time.process_time() - start
            return results

        transform.transform = run

    for transform in dataset.pipeline.transforms:
        timed(transform)
    return seconds


def main():
    args = parse_args()
    register_all_modules()
    # As in a worker process.
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        size = tuple(args.size)
        paths = write_data(folder, args.num_images, size)
        cfg = load_config_file(CONFIG).train_dataloader.dataset
        cfg.data_root = folder
        ours = DATASETS.build(cfg)
        plain = ReferenceDataPath(paths, make_records(args.num_images, size))
        milliseconds(ours), milliseconds(plain)
        times = [(milliseconds(ours), milliseconds(plain))
                 for _ in range(args.repeat)]
        seconds = time_transforms(ours)
        milliseconds(ours)
    for name, sides in zip(('mmhoi', 'plain'), zip(*times)):
        print(f'{name} {statistics.median(sides):.1f} ms an image '
              f'({min(sides):.1f}..{max(sides):.1f})')
    ratios = [plain / ours for ours, plain in times]
    print(f'{statistics.median(ratios):.2f} times as fast')
    for name, value in seconds.items():
        print(f'{name:20s} {value / args.num_images * 1e3:6.2f} ms')


if __name__ == '__main__':
    main()
