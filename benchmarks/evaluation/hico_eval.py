# Copyright (c) mmhoi contributors.
"""Time and memory of the HICO-DET evaluation; see the README beside it."""
import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
from hico_data import make_detections, raw_chunks, read_hoia

from mmhoi.evaluation.functional import (evaluate_hico_det,
                                         evaluate_hico_det_settings,
                                         known_object_detections)
from mmhoi.label_spaces import known_object_images, load_label_space
from mmhoi.ops import select_pairs

sys.path.insert(0, str(Path(__file__).parents[2] / 'tests'))
from hico_reference import looped_hico_det  # noqa: E402 isort: skip

HOI_TO_OBJECT = load_label_space('hico_det').hoi_objects


def parse_args():
    parser = argparse.ArgumentParser(
        description='Measure the evaluation of HICO-DET on seeded data')
    parser.add_argument('mode', choices=['pairs', 'raw'])
    parser.add_argument(
        'ann', help='HOIA json of the test set (test_hico.json)')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--repeats',
        type=int,
        default=5,
        help='runs of the array functions in mode `pairs`, default: 5')
    parser.add_argument(
        '--chunk',
        type=int,
        default=16,
        help='images of a chunk in mode `raw`, default: 16')
    return parser.parse_args()


def measure_pairs(args):
    """Matching and AP in both settings, arrays against plain loops."""
    ids, gt = read_hoia(args.ann)
    table = known_object_images(ids)
    det = make_detections(gt, len(ids), args.seed)
    print(f'{len(ids)} images, {len(gt.images)} annotated pairs, '
          f'{len(det.images)} detections')
    seconds = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        results = evaluate_hico_det_settings(gt, det, HOI_TO_OBJECT, table)
        seconds.append(time.perf_counter() - start)
    fast = float(np.median(seconds))
    print(f'arrays, both settings: median {fast:.2f} s of '
          f'{", ".join(f"{s:.2f}" for s in seconds)}')

    start = time.perf_counter()
    known = known_object_detections(det, HOI_TO_OBJECT, table)
    loops = dict(
        default=looped_hico_det(gt, det),
        known_object=looped_hico_det(gt, known))
    slow = time.perf_counter() - start
    print(f'plain loops, both settings: {slow:.2f} s, ratio '
          f'{slow / fast:.1f}')
    for name, result in results.items():
        difference = np.abs(result.ap - loops[name]).max()
        print(f'{name}: mAP {100 * result.ap.mean():.4f}, largest difference '
              f'of a class {difference:.1e}')


def measure_raw(args):
    """From raw outputs of 64 queries to mAP, top 100 and pair NMS."""
    ids, gt = read_hoia(args.ann)
    for _ in raw_chunks(gt, len(ids), args.chunk, args.seed):
        pass
    generation_peak = peak_memory()
    clock = GenerationClock(raw_chunks(gt, len(ids), args.chunk, args.seed))
    start = time.perf_counter()
    det = select_pairs(clock, HOI_TO_OBJECT, nms_cfg={})
    selected = time.perf_counter()
    result = evaluate_hico_det(gt, det, len(HOI_TO_OBJECT))
    end = time.perf_counter()
    selection = selected - start - clock.seconds
    print(f'{len(ids)} images, {len(det.images)} pairs after NMS, mAP '
          f'{100 * result.ap.mean():.4f}')
    print(f'top 100 and NMS {selection:.2f} s, matching and AP '
          f'{end - selected:.2f} s, together '
          f'{selection + end - selected:.2f} s; generation '
          f'{clock.seconds:.2f} s')
    print(f'peak memory {generation_peak:.2f} GB of the generation alone, '
          f'{peak_memory() - generation_peak:.2f} GB above it')


class GenerationClock:
    """Passes chunks on and adds up the time that making them takes."""

    def __init__(self, chunks):
        self.chunks = chunks
        self.seconds = 0.

    def __iter__(self):
        return self

    def __next__(self):
        start = time.perf_counter()
        try:
            return next(self.chunks)
        finally:
            self.seconds += time.perf_counter() - start


def peak_memory():
    """Largest resident memory of this process so far in GB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def main():
    args = parse_args()
    measure = dict(pairs=measure_pairs, raw=measure_raw)[args.mode]
    measure(args)


if __name__ == '__main__':
    main()
