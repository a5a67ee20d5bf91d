# Copyright (c) mmhoi contributors.
"""Count the parameters and the arithmetic of a detector."""
import argparse
import sys

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
Counted are matrix products, convolutions and attention; the rest is small.
A product and a sum are two operations. MMDetection's tool counts both as one.

examples:
  python tools/analysis_tools/get_flops.py CONFIG
  python tools/analysis_tools/get_flops.py CONFIG --shape 800 1066
"""


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--num-images',
        type=int,
        default=100,
        metavar='N',
        help='mean over the first N images of val_dataloader (default: '
        '%(default)s)')
    parser.add_argument(
        '--shape',
        type=int,
        nargs='+',
        metavar='SIZE',
        help='one size instead: height and width of the input, or one number '
        'for both; needs no images')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    args = parser.parse_args()
    if args.num_images < 1:
        parser.error(f'--num-images {args.num_images} must be at least 1')
    if args.shape and (len(args.shape) > 2 or min(args.shape) < 1):
        parser.error(f'--shape {args.shape} must be height and width, or one '
                     'number for both')
    return args


def loaded_inputs(model, cfg, number):
    """Inputs of the model from the first images of the config."""
    from mmengine.runner import Runner
    if not cfg.get('val_dataloader'):
        raise ValueError('the config has no val_dataloader; give --shape')
    loader_cfg = dict(
        cfg.val_dataloader,
        batch_size=1,
        num_workers=0,
        persistent_workers=False)
    for _, data in zip(range(number), Runner.build_dataloader(loader_cfg)):
        data = model.data_preprocessor(data)
        yield data['inputs'], data['data_samples']


def blank_inputs(model, shape):
    """Inputs of one size."""
    import torch

    from mmhoi.models.detectors import HOIDetector
    from mmhoi.structures import HOIDataSample
    size = shape[0], shape[-1]
    sample = HOIDataSample(metainfo=dict(img_shape=size))
    sample.set_metainfo(dict(batch_input_shape=size))
    image = torch.zeros(1, 3, *size)
    if not isinstance(model, HOIDetector):
        yield image, [sample]
        return
    inputs = dict(img=image)
    # Others need CLIP in training only, or not at all.
    if model.needs_clip_img:
        side = model.clip_visual.image_size
        inputs['clip_img'] = torch.zeros(1, 3, side, side)
    yield inputs, [sample]


def count(args):
    """Count and print."""
    import torch

    from mmhoi.apis.random_model import build_random_model
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.flops import count_flops
    from mmhoi.utils.progress import tqdm

    cfg = load_config_file(args.config, args.cfg_options)
    register_all_modules()
    model = build_random_model(cfg.model).eval()
    inputs = (
        blank_inputs(model, args.shape) if args.shape else loaded_inputs(
            model, cfg, args.num_images))
    counts, shapes = [], set()
    for tensors, samples in tqdm(inputs, unit='image'):
        with torch.no_grad():
            counts.append(count_flops(lambda: model(tensors, samples)))
        image = tensors['img'] if isinstance(tensors, dict) else tensors
        shapes.add(tuple(image.shape[-2:]))
    print_counts(model, counts, sorted(shapes))


def print_counts(model, counts, shapes):
    """Print a table with a line for each part of the model."""
    flops = {
        name: sum(count.get(name, 0) for count in counts) / len(counts)
        for name in counts[0]
    }
    parameters = {
        name: sum(p.numel() for p in part.parameters())
        for name, part in model.named_children()
    }
    line = f'{"part":20}  {"M parameters":>12}  {"GFLOPs":>9}'
    print(f'{line}\n{"-" * len(line)}')
    for name, number in parameters.items():
        own = flops.get(f'{type(model).__name__}.{name}', 0)
        if number or own:
            print(f'{name:20}  {number / 1e6:12.2f}  {own / 1e9:9.2f}')
    total = sum(p.numel() for p in model.parameters())
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print(f'{"-" * len(line)}\n{"all":20}  {total / 1e6:12.2f}  '
          f'{flops["Global"] / 1e9:9.2f}')
    sizes = ', '.join(f'{height} x {width}' for height, width in shapes)
    print(f'Trained parameters: {trained / 1e6:.2f} M\n'
          f'Height x width of the {len(counts)} input(s): {sizes}')


@one_line_errors
def main():
    count(parse_args())


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
