# Copyright (c) mmhoi contributors.
"""Look at the images of a data set as the model sees them in training."""
import argparse
import sys
from pathlib import Path

from mmengine.config import DictAction

from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import check_out_folder
from mmhoi.utils.own_results import check_folder, write_picture
from mmhoi.utils.run_config import check_writable, load_config_file
from mmhoi.utils.utf8 import use_utf8

MODES = {
    'transformed': 'what the model gets: flipped, cropped, ..., and CLIP view',
    'original': 'the file as it is annotated',
    'concat': 'original and transformed beside each other',
    'pipeline': 'the image after each transform'
}
_EPILOG = """\
Augmentation is random: each run shows other flips and crops. Annotations that
the pipeline drops are not drawn; compare with --mode original. Boxes are drawn
where they lie in the image that is shown.

examples:
  python tools/analysis_tools/browse_dataset.py CONFIG --not-show \\
      --output-dir pictures --show-number 20 --mode concat
  python tools/analysis_tools/browse_dataset.py CONFIG --phase test \\
      --show-interval 1 --cfg-options test_dataloader.dataset.indices=50

exit status: 0 done, 1 if something cannot be read or written, 2 wrong
arguments. Images that cannot be read are named and left out.
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--output-dir', metavar='DIR', help='write the pictures into it')
    parser.add_argument(
        '--phase',
        choices=('train', 'val', 'test'),
        default='train',
        help='whose data loader of the config (default: %(default)s)')
    parser.add_argument(
        '--mode',
        choices=MODES,
        default='transformed',
        help='; '.join(f'{mode}: {text}' for mode, text in MODES.items()) +
        ' (default: %(default)s)')
    parser.add_argument(
        '--not-show', action='store_true', help='open no window')
    parser.add_argument(
        '--show-interval',
        type=float,
        default=2,
        metavar='SECONDS',
        help='how long the window shows a picture; 0 waits for a key '
        '(default: %(default)s)')
    parser.add_argument(
        '--show-number',
        type=int,
        metavar='N',
        help='only the first N images (default: all)')
    add_font_argument(parser)
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    args = parser.parse_args(argv)
    if args.not_show and args.output_dir is None:
        parser.error('--not-show without --output-dir leaves nothing to do')
    if args.show_number is not None and args.show_number < 1:
        parser.error(f'--show-number {args.show_number} must be at least 1')
    return args


def build(args: argparse.Namespace) -> tuple:
    """Data set and visualizer of the config."""
    from mmhoi.datasets import HOIDataset
    from mmhoi.registry import DATASETS, VISUALIZERS
    from mmhoi.setup_env import register_all_modules

    register_all_modules()
    cfg = load_config_file(args.config, args.cfg_options)
    key = f'{args.phase}_dataloader'
    if not cfg.get(key):
        raise ValueError(f'config "{args.config}" has no {key}')
    dataset = DATASETS.build(cfg[key].dataset)
    # Of a repeated data set, the one that is repeated.
    while hasattr(dataset, 'dataset'):
        dataset = dataset.dataset
    if not isinstance(dataset, HOIDataset):
        raise ValueError(
            f'{key}.dataset is a {type(dataset).__name__}, which has no pairs;'
            ' allowed: HOIDataset and what inherits from it')
    visualizer_cfg = dict(type='HOILocalVisualizer', name='visualizer')
    visualizer_cfg.update(cfg.get('visualizer', {}), vis_backends=None)
    if args.font is not None:
        visualizer_cfg.update(font=args.font)
    visualizer = VISUALIZERS.build(visualizer_cfg)
    visualizer.dataset_meta = dataset.metainfo
    return dataset, visualizer


def check_display() -> None:
    """Make sure that matplotlib can open a window."""
    from matplotlib import pyplot
    from matplotlib.backends import BackendFilter, backend_registry
    interactive = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
    if pyplot.get_backend().lower() not in interactive:
        raise OSError('no window can be opened here; give --not-show and '
                      '--output-dir')


def browse(args: argparse.Namespace) -> int:
    """Draw the images; returns how many could not be, or not be written."""
    """Draw the images; returns how many could not be."""
    from mmhoi.utils.fonts import check_font
    if not args.not_show:
        check_display()
    check_font(args.font)
    if args.output_dir is not None:
        check_writable(args.output_dir, '--output-dir')
    dataset, visualizer = build(args)

    from mmhoi.utils.progress import tqdm
    from mmhoi.utils.result_names import picture_names
    from mmhoi.visualization.dataset_views import view_item
    from mmhoi.visualization.panels import join_panels

    number = min(args.show_number or len(dataset), len(dataset))
    # Of all images: a name does not depend on how many are looked at.
    paths = [
        dataset.get_data_info(index)['img_path']
        for index in range(len(dataset))
    ]
    names = picture_names(paths)
    if args.output_dir is not None:
        check_out_folder('--output-dir', args.output_dir, paths)
        check_folder(args.output_dir, names[:number], '--output-dir')
    num_failed = num_unwritten = 0
    for index in tqdm(range(number)):
        name = names[index]
        try:
            views = view_item(dataset, index, args.mode)
        except OSError as error:
            tqdm.write(f'error: {error}', file=sys.stderr)
            num_failed += 1
            continue
        columns = None if len(views) < 4 else 3
        picture = join_panels([(view.caption, view.draw(visualizer))
                               for view in views], columns, visualizer.font)
        if args.output_dir is not None:
            try:
                write_picture(picture, Path(args.output_dir, name))
            except OSError as error:
                tqdm.write(f'not written: {name}: {error}', file=sys.stderr)
                num_unwritten += 1
        if not args.not_show:
            visualizer.show(picture, name, wait_time=args.show_interval)
    where = f' in {args.output_dir}' if args.output_dir else ''
    print(f'{number - num_failed - num_unwritten} pictures{where}, '
          f'{num_failed} images could not be read, {num_unwritten} pictures '
          'not written')
    return num_failed + num_unwritten


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    return int(browse(args) > 0)


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
