# Copyright (c) mmhoi contributors.
"""Turn a DETR checkpoint into initial weights of a HOI detector."""
import argparse
from pathlib import Path

import torch
from mmengine.logging import print_log
from mmengine.runner.checkpoint import CheckpointLoader

import mmhoi  # noqa: F401
from mmhoi.models.official import from_detr
from mmhoi.utils.checkpoint_io import save_half_precision


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description='Turn a DETR checkpoint (of facebookresearch or of mmdet) '
        'into initial weights of a HOI detector: backbone, encoder, the '
        'first decoder layers and both box branches.')
    parser.add_argument('checkpoint', help='DETR checkpoint (.pth)')
    parser.add_argument(
        'out',
        help='file to write: .pth in full, .safetensors in half precision')
    parser.add_argument(
        '--num-decoder-layers',
        type=int,
        default=3,
        help='layers of the instance decoder (default: %(default)s)')
    parser.add_argument(
        '--keep-queries',
        action='store_true',
        help="start both queries of a pair from DETR's query of the same "
        'number; HOICLIP starts from random ones. Needs as many queries in '
        'the HOI detector as in DETR')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if not Path(args.checkpoint).is_file():
        raise SystemExit(f'no such checkpoint: {args.checkpoint}')
    checkpoint = CheckpointLoader.load_checkpoint(
        args.checkpoint, map_location='cpu')
    state = checkpoint.get('state_dict', checkpoint.get('model', checkpoint))
    try:
        converted = from_detr(state, args.num_decoder_layers,
                              args.keep_queries)
    except KeyError as error:
        raise SystemExit(f'{args.checkpoint}: {error.args[0]}') from error
    if args.out.endswith('.safetensors'):
        size = save_half_precision(converted, args.out)
    else:
        torch.save(dict(state_dict=converted, meta={}), args.out)
        size = Path(args.out).stat().st_size
    print_log(f'{len(converted)} of {len(state)} tensors -> {args.out} '
              f'({size / 1e6:.1f} MB)')


if __name__ == '__main__':
    main()
