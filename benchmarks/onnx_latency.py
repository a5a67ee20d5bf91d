# Copyright (c) mmhoi contributors.
"""Time per image with PyTorch and with ONNX Runtime, side by side.

Both sides predict the same images from the first pixel to the last box, with
as many threads, and take turns in one process.
"""
import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import torch
from measuring import time_in_turn

from mmhoi.apis import HOIInferencer
from mmhoi.apis.random_model import save_random_checkpoint
from mmhoi.deployment import ONNXHOIInferencer
from mmhoi.deployment.export_check import prediction_difference
from mmhoi.deployment.onnx_export import export_onnx


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help='checkpoint; without one, random weights are saved first')
    parser.add_argument(
        '--exporter',
        choices=['dynamo', 'legacy'],
        default='dynamo',
        help='what writes the ONNX file (default: %(default)s)')
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(640, 480),
        metavar=('W', 'H'),
        help='size of the images, pixels (default: 640 480)')
    parser.add_argument(
        '--batch-size',
        type=int,
        nargs='+',
        default=[1, 8],
        help='images in one pass (default: 1 8)')
    parser.add_argument(
        '--repeat',
        type=int,
        default=7,
        help='timings of each side, at least 5 (default: %(default)s)')
    args = parser.parse_args()
    if args.repeat < 5:
        parser.error(f'--repeat {args.repeat}: must be at least 5')
    return args


def load_both(args):
    """Inferencers of PyTorch and of ONNX Runtime with the same weights."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = args.checkpoint
        if checkpoint is None:
            checkpoint = Path(folder, 'random.pth')
            save_random_checkpoint(args.config, checkpoint)
        ours = HOIInferencer(
            args.config, checkpoint, device='cpu', show_progress=False)
        path = Path(folder, 'model.onnx')
        export_onnx(ours, path, exporter=args.exporter)
        exported = ONNXHOIInferencer(
            path, num_threads=torch.get_num_threads(), show_progress=False)
    return ours, exported


def main():
    args = parse_args()
    inferencers = load_both(args)
    rng = np.random.default_rng(0)
    width, height = args.size
    images = list(
        rng.integers(0, 256, (max(args.batch_size), height, width, 3),
                     np.uint8))
    print(f'{torch.get_num_threads()} threads, medians of {args.repeat}')
    for batch_size in args.batch_size:
        calls = [
            partial(inferencer, images[:batch_size], batch_size=batch_size)
            for inferencer in inferencers
        ]
        ours, exported = (
            seconds / batch_size
            for seconds in time_in_turn(calls, args.repeat))
        predictions = [call()['predictions'] for call in calls]
        differences, singles = zip(*map(prediction_difference, *predictions))
        print(f'batch {batch_size}: PyTorch {ours:.4f} s an image, ONNX '
              f'Runtime {exported:.4f}; PyTorch / ONNX Runtime '
              f'{ours / exported:.2f}; largest difference '
              f'{max(differences):.1e}, {sum(singles)} predictions in only '
              'one of the two')


if __name__ == '__main__':
    main()
