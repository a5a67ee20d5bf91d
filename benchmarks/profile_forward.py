# Copyright (c) mmhoi contributors.
"""Where the time of a detector goes, and how far that is from the limit.

For each part: milliseconds, share, arithmetic, arithmetic per second, and the
last as a share of what a large matrix product reaches in the same run. Weights
are random and nothing is downloaded. Convolutions can exceed 100%: PyTorch
computes them with another library than matrix products.
"""
import argparse
import statistics
import time
from collections import defaultdict
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace

CONFIG = Path(__file__).parents[1] / 'configs/hoiclip/hoiclip_r50_hico.py'
#: Sizes of the matrix products that tell the limit.
LEAST_PRODUCT, MOST_PRODUCT = 64, 2048
#: Methods of a detector's parts, and their names in the table.
PARTS = (('backbone', 'forward', 'backbone'), ('neck', 'forward', 'neck'),
         ('encoder', 'forward', 'encoder'), ('decoder', 'forward',
                                             'instance decoder'),
         ('clip_visual', 'forward', 'CLIP'), ('interaction_decoder', 'forward',
                                              'interaction decoder'),
         ('bbox_head', 'forward', 'head'), ('bbox_head', 'predict_by_feat',
                                            'post-processing'),
         ('bbox_head', 'loss_by_feat', 'matcher and losses'))


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'config',
        nargs='?',
        default=str(CONFIG),
        help='config of a QueryPairDetector (default: the full-size HOICLIP)')
    parser.add_argument('--train', action='store_true', help='a training step')
    parser.add_argument(
        '--bf16', action='store_true', help='mixed precision, bfloat16')
    parser.add_argument(
        '--batch-size', type=int, help='default: 1, with --train 2')
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        metavar=('H', 'W'),
        help='size of the images (default: 800 1066, with --train 640 853)')
    parser.add_argument(
        '--pairs',
        type=int,
        default=4,
        help='annotated pairs of an image, for --train (default: 4)')
    parser.add_argument(
        '--repeat', type=int, default=5, help='passes (default: 5)')
    args = parser.parse_args()
    args.batch_size = args.batch_size or (2 if args.train else 1)
    args.size = args.size or ((640, 853) if args.train else (800, 1066))
    return args


def matmul_limit(dtype, seconds=1.0):
    """Floating point operations per second of a large matrix product.

    How large depends on the processor: a product of 2048 x 2048 in bfloat16
    takes a minute where it has no such arithmetic, and 0.01 s where it has.

    Args:
        dtype (torch.dtype): Of the matrices.
        seconds (float): A larger product is tried while it ends in this time.

    Returns:
        tuple[float, int]: The highest rate, and the size of the largest
        product.
    """
    import torch
    end = time.perf_counter() + seconds
    size, best = LEAST_PRODUCT, 0.0
    while True:
        left, right = torch.rand(2, size, size).to(dtype)
        times = []
        while not times or len(times) < 6 and (time.perf_counter() + times[-1]
                                               < end):
            times.append(seconds_of(lambda: left @ right)[1])
        best = max(best, 2 * size**3 / min(times))
        # Of the next size.
        expected = 8 * min(times)
        if size == MOST_PRODUCT or time.perf_counter() + expected > end:
            return best, size
        size *= 2


def make_batch(model, args):
    """Random images with random pairs."""
    import torch
    from mmengine.structures import InstanceData

    from mmhoi.structures import HOIDataSample
    generator = torch.Generator().manual_seed(0)
    height, width = args.size

    def boxes():
        corners = torch.rand(args.pairs, 2, 2, generator=generator)
        return torch.cat(
            [corners.amin(1), corners.amax(1) + 0.01], 1) * torch.tensor(
                [width, height, width, height])

    classifier = model.bbox_head.interaction_classifier
    space = model.bbox_head.label_space
    samples = []
    for _ in range(args.batch_size):
        sample = HOIDataSample(
            metainfo=dict(img_shape=args.size, ori_shape=args.size))
        sample.set_metainfo(dict(batch_input_shape=args.size))
        hois = torch.randint(
            classifier.num_hois, (args.pairs, ), generator=generator)
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=boxes(),
            obj_bboxes=boxes(),
            obj_labels=classifier.hoi_objects[hois],
            hoi_labels=torch.eye(classifier.num_hois)[hois],
            verb_labels=torch.eye(len(
                space.verbs))[classifier.hoi_verbs[hois]])
        samples.append(sample)

    def images(*size):
        return torch.randn(args.batch_size, 3, *size, generator=generator)

    inputs = dict(img=images(height, width))
    if model.clip_visual is not None and (args.train or model.needs_clip_img):
        side = model.clip_visual.image_size
        inputs['clip_img'] = images(side, side)
    return inputs, samples


def seconds_of(call):
    """Result of a call and the seconds that it takes."""
    start = time.perf_counter()
    return call(), time.perf_counter() - start


def flops_of(call):
    """Result of a call and its floating point operations."""
    from mmhoi.utils.flops import count_flops
    results = []
    counts = count_flops(lambda: results.append(call()))
    return results[0], counts['Global']


class Meter:
    """Adds up what calls cost.

    Attributes:
        measure (Callable): `seconds_of` or `flops_of`.
        totals (dict[str, float]): What the calls of each name have cost.
    """

    def __init__(self, measure):
        self.measure = measure
        self.totals = defaultdict(float)

    def metered(self, function, name):
        """The function, with each of its calls added to a name."""

        def run(*args, **kwargs):
            result, cost = self.measure(partial(function, *args, **kwargs))
            self.totals[name] += cost
            return result

        return run

    @contextmanager
    def watching(self, model):
        """Meter the parts of a model."""
        watched = [(getattr(model, part), method, name)
                   for part, method, name in PARTS
                   if getattr(model, part) is not None]
        for module, method, name in watched:
            setattr(module, method,
                    self.metered(getattr(module, method), name))
        yield
        for module, method, _ in watched:
            delattr(module, method)


def inference_pass(model, args):
    """A function that predicts once."""
    import torch

    from mmhoi.models.utils import prepare_for_inference
    prepare_for_inference(model)
    batch = make_batch(model, args)

    def run(_):
        precision = torch.autocast(
            'cpu', torch.bfloat16) if args.bf16 else nullcontext()
        with torch.no_grad(), precision:
            model(*batch, mode='predict')

    return run


def training_pass(model, args, cfg):
    """A function that makes a training step, as a Runner does."""
    from mmengine.optim import build_optim_wrapper

    from mmhoi.engine.hooks import FoldNormsHook, LeanLayersHook
    from mmhoi.utils.speed_options import use_amp_to_train
    model.train()
    for hook in (FoldNormsHook(), LeanLayersHook()):
        hook.before_train(SimpleNamespace(model=model))
    if args.bf16:
        use_amp_to_train(cfg, 'bfloat16')
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper)
    batch = make_batch(model, args)

    def update():
        optimizer.step()
        optimizer.zero_grad()

    def run(meter):
        with optimizer.optim_context(model):
            losses = model(*batch, mode='loss')
        loss, _ = model.parse_losses(losses)
        meter.metered(optimizer.backward, 'backward')(loss)
        meter.metered(update, 'optimizer')()

    return run


def measure_parts(model, run, repeat):
    """Median seconds and operations of each part, and of all."""
    flops = Meter(flops_of)
    with flops.watching(model):
        run(flops)
    passes = []
    for _ in range(repeat + 1):
        clock = Meter(seconds_of)
        with clock.watching(model):
            clock.metered(run, 'all')(clock)
        parts = sum(clock.totals.values()) - clock.totals['all']
        clock.totals['rest'] = clock.totals['all'] - parts
        passes.append(clock.totals)
    # The first pass chooses algorithms and gets memory.
    seconds = {
        name: statistics.median(one[name] for one in passes[1:])
        for name in passes[0]
    }
    flops.totals['all'] = sum(flops.totals.values())
    return seconds, flops.totals


def print_table(seconds, flops, limit):
    """Print the parts as a Markdown table."""
    print('| part | ms | % | GFLOP | GFLOP/s | % of limit |')
    print('| --- | ---: | ---: | ---: | ---: | ---: |')
    names = [name for name in seconds if name not in ('rest', 'all')]
    for name in (*names, 'rest', 'all'):
        time_of, work = seconds[name], flops.get(name, 0)
        speed = work / time_of
        rates = (f'{work / 1e9:.2f} | {speed / 1e9:.0f} | '
                 f'{100 * speed / limit:.0f}' if work else '- | - | -')
        print(f'| {name} | {1000 * time_of:.1f} | '
              f'{100 * time_of / seconds["all"]:.1f} | {rates} |')


def main():
    args = parse_args()
    import torch

    from mmhoi.apis.random_model import build_random_model
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.run_config import load_config_file
    register_all_modules()
    cfg = load_config_file(args.config)
    model = build_random_model(cfg.model)
    run = training_pass(model, args, cfg) if args.train else inference_pass(
        model, args)
    dtype = torch.bfloat16 if args.bf16 else torch.float32
    before = matmul_limit(dtype)
    seconds, flops = measure_parts(model, run, args.repeat)
    limit, side = max(before, matmul_limit(dtype))
    height, width = args.size
    print(f'{"training step" if args.train else "inference"}, '
          f'{args.batch_size} x {height} x {width}, median of {args.repeat} '
          f'passes, {torch.get_num_threads()} threads; limit: matrix product '
          f'of {side} x {side} in {dtype}, {limit / 1e9:.0f} GFLOP/s\n')
    print_table(seconds, flops, limit)


if __name__ == '__main__':
    main()
