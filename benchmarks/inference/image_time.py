# Copyright (c) mmhoi contributors.
"""Time from the start of Python to the first prediction, and per image.

Run it as a process of its own: the first figure includes the imports.
"""
import time

START = time.perf_counter()

import argparse  # noqa: E402
import statistics  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help='checkpoint; without one, random weights are saved first')
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(640, 480),
        metavar=('W', 'H'),
        help='size of the images, pixels (default: 640 480)')
    parser.add_argument('--batch-size', type=int, nargs='+', default=[1, 8])
    parser.add_argument(
        '--repeat', type=int, default=5, help='passes (default: 5)')
    return parser.parse_args()


def main():
    args = parse_args()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, start = args.checkpoint, START
        if checkpoint is None:
            from mmhoi.apis.random_model import save_random_checkpoint
            checkpoint = Path(folder) / 'random.pth'
            save_random_checkpoint(args.config, checkpoint)
            print('imports are not part of the first figure: without a '
                  'checkpoint they happen before it')
            start = time.perf_counter()
        measure(args, checkpoint, start)


def measure(args, checkpoint, start):
    import numpy as np

    from mmhoi.apis import HOIInferencer
    from mmhoi.utils.process_memory import peak_memory_mb
    rng = np.random.default_rng(0)
    width, height = args.size
    images = list(
        rng.integers(0, 255, (max(args.batch_size), height, width, 3),
                     np.uint8))
    imported = time.perf_counter()
    inferencer = HOIInferencer(args.config, checkpoint, show_progress=False)
    loaded = time.perf_counter()
    inferencer(images[0])
    first = time.perf_counter()
    print(f'first prediction after {first - start:.2f} s: imports '
          f'{imported - start:.2f}, model {loaded - imported:.2f}, '
          f'image {first - loaded:.2f}')
    for batch_size in args.batch_size:
        times = []
        for _ in range(args.repeat):
            begin = time.perf_counter()
            inferencer(images[:batch_size], batch_size=batch_size)
            times.append((time.perf_counter() - begin) / batch_size)
        print(f'batch {batch_size}: {statistics.median(times):.3f} s an image '
              f'(median of {args.repeat}, {min(times):.3f}..{max(times):.3f})')
    print(f'peak memory {peak_memory_mb():.0f} MB')


if __name__ == '__main__':
    main()
