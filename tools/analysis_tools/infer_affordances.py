# Copyright (c) mmhoi contributors.
"""Infer what can be done with objects: verbs of others, tried on them."""
import argparse
import sys
from pathlib import Path

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
The verbs of training pairs are tried on the annotated objects of the test
images; their classes are not asked for. Prints the average precision of verbs
for each object, with those that the data set has for its class as right ones,
and that of a random order.

example:
  python tools/analysis_tools/infer_affordances.py \\
      configs/atl/atl_mini_synhico.py work_dirs/atl_mini_synhico/epoch_4.pth

exit status: 0 done, 1 if something cannot be read or written, 2 wrong
arguments.
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of VCL, ATL, FCL or the like')
    parser.add_argument('checkpoint', help='checkpoint file or address')
    parser.add_argument(
        '--per-verb',
        type=int,
        default=100,
        help='pairs of each verb at most (default: %(default)s)')
    parser.add_argument(
        '--max-objects',
        type=int,
        default=500,
        help='objects at most, the first ones (default: %(default)s)')
    parser.add_argument(
        '--out',
        metavar='FILE',
        help='an .npz with `probabilities` (objects x verbs), `labels` and '
        '`verbs`')
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    add_overwrite_argument(parser)
    args = parser.parse_args(argv)
    for name in ('per_verb', 'max_objects'):
        if getattr(args, name) < 1:
            parser.error(f'--{name.replace("_", "-")} {getattr(args, name)} '
                         'must be at least 1')
    if args.out and Path(args.out).suffix != '.npz':
        parser.error(f'--out {args.out}: the name must end in .npz')
    return args


def infer(args: argparse.Namespace) -> str:
    """Run the model; returns what was found."""
    import numpy as np
    import torch

    from mmhoi.apis.affordances import collect_verb_bank, infer_affordances
    from mmhoi.apis.annotated_images import annotated_loader
    from mmhoi.checkpoints import build_model, read_checkpoint
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.devices import check_device
    from mmhoi.utils.whole_file import write_whole
    register_all_modules()
    cfg = load_config_file(args.config, args.cfg_options)
    check_outputs(args, '--out')
    device = args.device or ('cuda:0' if torch.cuda.is_available() else 'cpu')
    check_device(device)
    model = build_model(cfg.model, read_checkpoint(args.checkpoint))
    model = model.to(device).eval()
    train = cfg.train_dataloader.dataset
    bank = collect_verb_bank(
        model, annotated_loader(cfg,
                                train.get('datasets', [train])[0]),
        args.per_verb)
    found = infer_affordances(
        model, bank, annotated_loader(cfg, cfg.test_dataloader.dataset),
        args.max_objects)
    if args.out:
        with write_whole(Path(args.out)) as draft, open(draft, 'wb') as file:
            np.savez(
                file,
                probabilities=found.probabilities,
                labels=found.labels,
                verbs=np.array(model.interaction_head.label_space.verbs))
    return (f'{len(found.labels)} objects, {len(bank.verbs)} pairs with '
            f'{int((bank.verbs.sum(0) > 0).sum())} verbs: average precision '
            f'{found.average_precision:.2f}, of a random order '
            f'{found.chance:.2f}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    print(infer(args))
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
