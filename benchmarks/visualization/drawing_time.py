# Copyright (c) mmhoi contributors.
"""Time to draw a picture with four pairs, at several sizes."""
import argparse
import statistics
import time

import numpy as np
import torch
from mmengine.structures import InstanceData

from mmhoi.structures import HOIDataSample
from mmhoi.visualization import HOILocalVisualizer

SIZES = (320, 240), (768, 576), (1000, 750), (4000, 3000)
NUM_PAIRS = 4


def make_sample(rng, size):
    """Predictions of pairs at random places."""
    start = rng.random((2, NUM_PAIRS, 2)) * np.array(size) / 2
    sub_bboxes, obj_bboxes = (torch.tensor(
        np.hstack((corner, corner + np.array(size) / parts)))
                              for corner, parts in zip(start, (3, 4)))
    obj_scores = torch.full((NUM_PAIRS, ), .9)
    sample = HOIDataSample()
    sample.pred_hoi_instances = InstanceData(
        sub_bboxes=sub_bboxes,
        obj_bboxes=obj_bboxes,
        verb_labels=torch.arange(NUM_PAIRS),
        obj_labels=torch.arange(NUM_PAIRS),
        scores=obj_scores**2 + .9,
        obj_scores=obj_scores)
    return sample


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--repeat', type=int, default=7, help='pictures (default: 7)')
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    for size in SIZES:
        visualizer, sample = HOILocalVisualizer(), make_sample(rng, size)
        image = rng.integers(0, 255, (size[1], size[0], 3), np.uint8)
        seconds = []
        for _ in range(args.repeat):
            start = time.process_time()
            visualizer.add_datasample('image', image, sample)
            visualizer.get_image()
            seconds.append(time.process_time() - start)
        print(f'{size[0]} x {size[1]}: {statistics.median(seconds):.3f} s of '
              'processor time')


if __name__ == '__main__':
    main()
