# Copyright (c) mmhoi contributors.
"""Convert checkpoints of official implementations to ours, and back."""
import argparse
import re
import sys
from functools import reduce
from pathlib import Path
from typing import Any, Dict, Optional

import torch
from mmengine.config import Config, DictAction
from mmengine.logging import print_log
from torch import Tensor

from mmhoi.checkpoints import (config_of_checkpoint, read_checkpoint,
                               write_checkpoint, write_official)
from mmhoi.checkpoints.detector_classes import detector_classes
from mmhoi.checkpoints.entries import EXTRAS
from mmhoi.checkpoints.official.conversion import (describe, export_official,
                                                   import_official)
from mmhoi.checkpoints.official.detr import DETR
from mmhoi.checkpoints.official.family import Family, OfficialMethod
from mmhoi.checkpoints.official.identify import FAMILIES, check_family
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.config_variables import merge_options
from mmhoi.utils.file_hash import file_sha256
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.utf8 import use_utf8

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
METHODS = {
    name: family
    for name, family in FAMILIES.items() if isinstance(family, OfficialMethod)
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description='Convert a checkpoint of an official implementation to '
        'one of mmhoi (--from), or one of mmhoi to the official names (--to). '
        'Every parameter is accounted for: a name that is neither mapped nor '
        'known to have no effect is an error. Files are read without running '
        'code that may be in them.')
    direction = parser.add_mutually_exclusive_group(required=True)
    direction.add_argument(
        '--from',
        dest='source',
        choices=list(FAMILIES),
        help=f'what IN is: official checkpoint of {", ".join(METHODS)}; or a '
        'DETR of facebookresearch (detr) or of mmdet 3 (mmdet_detr), which '
        'becomes initial weights of the model of --config')
    direction.add_argument(
        '--to', dest='target', choices=list(METHODS), help='what OUT shall be')
    parser.add_argument('checkpoint', metavar='IN', help='checkpoint to read')
    parser.add_argument(
        'out',
        metavar='OUT',
        help='file to write; with --from .pth or .safetensors, which '
        'tools/test.py and `load_from` read')
    parser.add_argument(
        '--config',
        help='config of the mmhoi model. By default the one that fits the '
        'classes, zero-shot split and depth of an official checkpoint, or the '
        'one that a checkpoint of mmhoi names; needed for a DETR')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    parser.add_argument(
        '--keep-queries',
        action='store_true',
        help="with a DETR: start both queries of a pair from DETR's query of "
        'the same number instead of random ones. Needs as many queries in the '
        'config as in DETR')
    parser.add_argument(
        '--both-decoders',
        action='store_true',
        help="with a DETR and a config of CDN: start the interaction decoder "
        "from DETR's decoder, too, as the paper says, instead of at random, "
        'as the official program does')
    parser.add_argument(
        '--half',
        action='store_true',
        help='with --from: write float16, without what the way back needs')
    add_overwrite_argument(parser)
    args = parser.parse_args()
    for option in 'keep_queries', 'both_decoders':
        if getattr(args,
                   option) and not isinstance(FAMILIES.get(args.source), DETR):
            parser.error(f'--{option.replace("_", "-")} needs --from detr or '
                         'mmdet_detr')
    if args.half and args.target:
        parser.error('--half needs --from')
    return args


def read_config(args: argparse.Namespace, default: Optional[str]) -> Config:
    path = args.config or default
    if path is None:
        raise ValueError('there is no default config for this; name the one '
                         'of the model with --config')
    if not Path(path).is_file():
        raise FileNotFoundError(f'no such config: {path}; name one with '
                                '--config')
    cfg = load_config_file(path, args.cfg_options)
    return cfg


def convert_to_ours(args: argparse.Namespace) -> None:
    checkpoint = read_checkpoint(args.checkpoint)
    state = checkpoint['state_dict']
    family = FAMILIES[args.source]
    if isinstance(family, DETR):
        family = type(family)(args.keep_queries, detector_classes(checkpoint),
                              args.both_decoders)
    check_family(state, FAMILIES[args.source])
    default = family.default_config(state)
    cfg = read_config(args, default and CONFIGS / default)
    options = missing_options(cfg, family.model_options(state))
    cfg.merge_from_dict(options)
    converted, extras = import_official(state, family, cfg.model)
    if args.half:
        converted, extras = halved(converted), None
    name = Path(args.checkpoint).name
    meta = dict(
        cfg=cfg.pretty_text,
        config_file=Path(cfg.filename).name,
        experiment_name=f'conversion of {name}',
        source=dict(
            family=args.source, file=name,
            sha256=file_sha256(args.checkpoint)),
        **describe(converted, cfg.model))
    write_checkpoint(args.out, converted, meta, extras)
    report(args, len(state), len(converted))
    if not family.is_partial:
        report_dropped(state, family)
        text = ' '.join(f'{key}={value}' for key, value in options.items())
        print_log(f'use it with {cfg.filename}' +
                  (f' and --cfg-options {text}' if text else ''))


def convert_to_official(args: argparse.Namespace) -> None:
    checkpoint = read_checkpoint(args.checkpoint)
    state = checkpoint['state_dict']
    check_family(state, None)
    if args.config is None and checkpoint['meta'].get('cfg'):
        cfg = Config(dict(model=config_of_checkpoint(checkpoint).model))
        merge_options(cfg, args.cfg_options or {})
    else:
        cfg = read_config(args, None)
    family = FAMILIES[args.target]
    official = export_official(state, family, cfg.model,
                               checkpoint.get(EXTRAS))
    write_official(args.out, official, family.state_key)
    report(args, len(state), len(official))


def missing_options(cfg: Config, options: Dict[str, Any]) -> Dict[str, Any]:
    """Those options that the config does not have already."""

    def value(key):
        return reduce(lambda part, name: part.get(name, {}), key.split('.'),
                      cfg)

    return {
        key: wanted
        for key, wanted in options.items() if value(key) != wanted
    }


def halved(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Float tensors in float16; others are counters and left out."""
    return {
        name: value.to(torch.float16)
        for name, value in state_dict.items() if value.is_floating_point()
    }


def report(args: argparse.Namespace, num_in: int, num_out: int) -> None:
    size = Path(args.out).stat().st_size
    print_log(f'{num_in} tensors of {args.checkpoint} -> {num_out} of '
              f'{args.out} ({size / 1e6:.1f} MB)')


def report_dropped(state_dict: Dict[str, Tensor], family: Family) -> None:
    for pattern, reason in family.renaming.dropped.items():
        count = sum(bool(re.match(pattern, name)) for name in state_dict)
        print_log(f'kept beside the weights: {count} tensors {pattern} '
                  f'({reason})')


@one_line_errors
def main() -> None:
    args = parse_args()
    register_all_modules()
    try:
        check_outputs(args, 'OUT')
        (convert_to_ours if args.source else convert_to_official)(args)
    except (KeyError, RuntimeError, ValueError) as error:
        # Many of them do not know the file.
        text = error.args[0] if isinstance(error, KeyError) else error
        raise ValueError(f'{args.checkpoint}: {text}') from error


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
