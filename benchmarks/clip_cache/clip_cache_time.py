# Copyright (c) mmhoi contributors.
"""Time of CLIP's visual tower, and of its cache: a miss and a hit."""
import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Callable, List

import torch

from mmhoi.models.vision_language import CachedCLIPVisual, CLIPVisual


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--model-name',
        default='ViT-B-32-quickgelu',
        help='CLIP model; its weights are random (default: %(default)s)')
    parser.add_argument(
        '--batch-sizes',
        type=int,
        nargs='+',
        default=[1, 8],
        help='images per call (default: %(default)s)')
    parser.add_argument(
        '--repeats',
        type=int,
        default=7,
        help='calls of each kind, the median counts (default: %(default)s)')
    return parser.parse_args()


def median_ms(call: Callable, batches: List[torch.Tensor]) -> float:
    """Median time of a call in milliseconds."""
    times = []
    for batch in batches:
        start = time.perf_counter()
        call(batch)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    args = parse_args()
    plain = CLIPVisual(args.model_name, 'random')
    size = plain.image_size
    plain(torch.randn(1, 3, size, size))  # warm-up
    print('milliseconds per image')
    print(f'{"batch":>5} {"tower":>7} {"miss":>7} {"hit":>7} {"equal":>6} '
          f'{"KB per image":>13} {"weights digest":>15}')
    for batch_size in args.batch_sizes:
        with TemporaryDirectory() as folder:
            cached = CachedCLIPVisual(args.model_name, 'random', folder)
            batches = list(
                torch.randn(args.repeats, batch_size, 3, size, size))
            # The first call also makes the digest of the weights.
            start = time.perf_counter()
            cached(torch.zeros(1, 3, size, size))
            digest = 1000 * (time.perf_counter() - start)
            tower, miss, hit = (
                median_ms(call, batches) / batch_size
                for call in (plain, cached, cached))
            equal = all(
                torch.equal(a, b) for batch in batches
                for a, b in zip(plain(batch), cached(batch)))
            files = list(Path(folder).rglob('*.safetensors'))
            kb = sum(f.stat().st_size for f in files) / len(files) / 1000
            print(f'{batch_size:5} {tower:7.1f} {miss:7.1f} {hit:7.1f} '
                  f'{str(equal):>6} {kb:13.1f} {digest:12.0f} ms')


if __name__ == '__main__':
    main()
