# Copyright (c) mmhoi contributors.
"""Make the graph of ConsNet: classes that look and are called alike."""
import argparse
import sys
from pathlib import Path

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.utf8 import use_utf8

#: As in `mmhoi.models.heads.consnet.graph_file`, which takes long to import.
FLAVOURS = ('strict', 'intended', 'published')
_EPILOG = """\
flavours:
  strict     annotations of the training set of the config without what its
             zero-shot split withholds; unseen classes are linked by words
  intended   all annotations of the training and of the test set
  published  the same, with the slip of the authors' code, which takes about
             half of the objects' features from humans

example:
  python tools/misc/make_consistency_graph.py \\
      configs/consnet/consnet_mini_synhico_rf-uc.py graph_rf-uc.npz
  python tools/train.py configs/consnet/consnet_mini_synhico_rf-uc.py \\
      --cfg-options model.interaction_head.graph.file=graph_rf-uc.npz

exit status: 0 done, 1 if something cannot be read or written, 2 wrong
arguments.
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of a ConsNet')
    parser.add_argument('out', help='.npz file to write')
    parser.add_argument(
        '--flavour',
        choices=FLAVOURS,
        default='strict',
        help='default: %(default)s')
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
    if Path(args.out).suffix != '.npz':
        parser.error(f'OUT {args.out}: the name must end in .npz')
    return args


def make(args: argparse.Namespace) -> str:
    """Make the graph; returns what it is."""
    import torch

    from mmhoi.apis.annotated_images import annotated_loader
    from mmhoi.apis.consistency_graphs import make_graph
    from mmhoi.models.heads.consnet import save_graph
    from mmhoi.registry import MODELS
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.devices import check_device
    register_all_modules()
    cfg = load_config_file(args.config, args.cfg_options)
    check_outputs(args, 'OUT')
    device = args.device or ('cuda:0' if torch.cuda.is_available() else 'cpu')
    check_device(device)
    # The graph that is to be made need not exist.
    cfg.model.get('interaction_head', {}).get('graph', {}).pop('file', None)
    model = MODELS.build(cfg.model)
    model.init_weights()
    model = model.to(device).eval()
    datasets = [cfg.train_dataloader.dataset]
    split = datasets[0].get('zero_shot_split')
    if args.flavour != 'strict':
        split = datasets[0].zero_shot_split = None
        datasets.append(cfg.test_dataloader.dataset)
    edges = make_graph(
        model, [annotated_loader(cfg, dataset) for dataset in datasets],
        args.flavour == 'published')
    head = model.interaction_head
    save_graph(args.out, edges, head.label_space, args.flavour, split)
    return (f'{args.out}: {len(edges)} classes, {int(edges.triu().sum())} '
            f'edges, flavour "{args.flavour}"'
            f'{f", split {split}" if split else ""}')


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    print(make(args))
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
