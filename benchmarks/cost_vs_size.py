# Copyright (c) mmhoi contributors.
"""Images per second and peak memory against batch size and image size.

Each size runs in a process of its own, so that none finds memory that another
one has left. The model is as HOIInferencer has it, with random weights.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.text_files import write_json

CONFIG = Path(__file__).parents[1] / 'configs/hoiclip/hoiclip_r50_hico.py'
LONGEST = 1333


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'config',
        nargs='?',
        default=str(CONFIG),
        help='config of a QueryPairDetector (default: the full-size HOICLIP)')
    parser.add_argument(
        '--batch-sizes',
        type=int,
        nargs='*',
        default=[1, 2, 4, 8],
        help='at --batch-short (default: 1 2 4 8)')
    parser.add_argument(
        '--batch-short',
        type=int,
        default=800,
        help='shorter side for --batch-sizes, pixels (default: 800)')
    parser.add_argument(
        '--shorts',
        type=int,
        nargs='*',
        default=[320, 480, 640, 800, 1000],
        help='shorter sides for one image (default: 320 480 640 800 1000); '
        f'the longer side is 4/3 of it, {LONGEST} at most')
    parser.add_argument(
        '--repeat', type=int, default=5, help='passes (default: 5)')
    parser.add_argument(
        '--json', metavar='FILE', help='write the figures into it as well')
    parser.add_argument(
        '--one',
        type=int,
        nargs=2,
        metavar=('BATCH', 'SHORT'),
        help=argparse.SUPPRESS)
    add_overwrite_argument(parser)
    return parser.parse_args()


def image_size(short):
    """Height and width of an image, pixels."""
    return short, min(short * 4 // 3, LONGEST)


def measure(args, batch_size, short):
    """Figures of one size, in this process."""
    import torch

    from mmhoi.apis.random_model import build_random_model
    from mmhoi.models.utils import prepare_for_inference
    from mmhoi.setup_env import register_all_modules
    from mmhoi.structures import HOIDataSample
    from mmhoi.utils.process_memory import peak_memory_mb, reset_peak_memory
    from mmhoi.utils.run_config import load_config_file
    register_all_modules()
    model = prepare_for_inference(
        build_random_model(load_config_file(args.config).model))
    size = image_size(short)
    sample = HOIDataSample(metainfo=dict(img_shape=size, ori_shape=size))
    sample.set_metainfo(dict(batch_input_shape=size))
    inputs = dict(img=torch.randn(batch_size, 3, *size))
    if model.needs_clip_img:
        side = model.clip_visual.image_size
        inputs['clip_img'] = torch.randn(batch_size, 3, side, side)
    times = []
    # Building the model may have taken more.
    reset_peak_memory()
    # The first pass chooses algorithms and gets memory.
    for _ in range(args.repeat + 1):
        samples = [sample.clone() for _ in range(batch_size)]
        start = time.perf_counter()
        with torch.no_grad():
            model(inputs, samples, mode='predict')
        times.append(time.perf_counter() - start)
    return dict(
        batch_size=batch_size,
        height=size[0],
        width=size[1],
        images_per_s=batch_size / statistics.median(times[1:]),
        peak_mb=peak_memory_mb())


def measure_apart(args, batch_size, short):
    """Figures of one size, from another process."""
    command = [
        sys.executable, '-W', 'ignore', __file__, args.config, '--repeat',
        args.repeat, '--one', batch_size, short
    ]
    done = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, encoding='utf-8')
    if done.returncode:
        sys.exit(f'batch {batch_size}, short side {short}: failed with status '
                 f'{done.returncode} (negative: signal; 9 is what a lack of '
                 'memory ends in)')
    return json.loads(done.stdout.splitlines()[-1])


def main():
    args = parse_args()
    if args.one:
        print(json.dumps(measure(args, *args.one)))
        return
    check_outputs(args, '--json')
    # Without doubles: the ends of both series may be the same.
    sizes = dict.fromkeys([(1, short) for short in args.shorts] +
                          [(n, args.batch_short) for n in args.batch_sizes])
    rows = []
    print('| batch | height x width | images/s | ms an image | peak MB |')
    print('| ---: | ---: | ---: | ---: | ---: |')
    for batch_size, short in sizes:
        row = measure_apart(args, batch_size, short)
        rows.append(row)
        print(
            f'| {batch_size} | {row["height"]} x {row["width"]} | '
            f'{row["images_per_s"]:.2f} | {1000 / row["images_per_s"]:.0f} '
            f'| {row["peak_mb"]:.0f} |',
            flush=True)
    if args.json:
        write_json(args.json, rows, indent=1)


if __name__ == '__main__':
    main()
