# Copyright (c) mmhoi contributors.
"""Measure the speed of a config: its model, its data loader, its data set."""
import argparse
import os
import sys
import warnings
from pathlib import Path

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.run_config import check_writable, load_config_file
from mmhoi.utils.speed_options import (add_speed_arguments,
                                       check_speed_arguments)
from mmhoi.utils.utf8 import use_utf8

TASKS = {
    'inference': 'from one loaded image to its predictions',
    'dataloader': 'waiting for the batches of a data loader',
    'dataset': 'loading images in this process, and each transform of it'
}
_EPILOG = """\
Other programs on the same cores disturb times: close them, repeat the run.

examples:
  python tools/analysis_tools/benchmark.py CONFIG --task inference \\
      --checkpoint CHECKPOINT --fuse-conv-bn --max-iter 200 --repeat-num 3
  python tools/analysis_tools/benchmark.py CONFIG --task dataloader \\
      --dataset-type train --cfg-options train_dataloader.num_workers=2
  python tools/analysis_tools/benchmark.py CONFIG --task dataset
"""


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--checkpoint',
        help='checkpoint file, for --task inference; default: random weights')
    parser.add_argument(
        '--task',
        choices=TASKS,
        default='dataloader',
        help='what is measured: ' +
        '; '.join(f'{task}: {text}'
                  for task, text in TASKS.items()) + ' (default: %(default)s)')
    for name, default, text in (('--repeat-num', 1, 'repetitions'),
                                ('--max-iter', 2000,
                                 'most images or batches of a repetition'),
                                ('--log-interval', 50,
                                 'images or batches between two lines'),
                                ('--num-warmup', 5,
                                 'first ones, which are not counted')):
        parser.add_argument(
            name,
            type=int,
            default=default,
            metavar='N',
            help=f'{text} (default: %(default)s)')
    parser.add_argument(
        '--fuse-conv-bn',
        action='store_true',
        help='have the model as tools/test.py and HOIInferencer do: batch '
        'norms as part of convolutions, channels-last memory format')
    parser.add_argument(
        '--dataset-type',
        choices=('train', 'val', 'test'),
        default='test',
        help='whose data loader of the config (default: %(default)s)')
    add_speed_arguments(parser)
    parser.add_argument(
        '--work-dir', help='write what is printed into benchmark.log in it')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    parser.add_argument(
        '--launcher',
        choices=('none', 'pytorch', 'slurm', 'mpi'),
        default='none',
        help='job launcher, which must start one process only (default: '
        '%(default)s)')
    # torch.distributed.launch passes it in one of these two spellings.
    parser.add_argument(
        '--local_rank',
        '--local-rank',
        type=int,
        default=0,
        help='set by the launcher')
    args = parser.parse_args()
    check_speed_arguments(parser, args)
    if args.repeat_num < 1:
        parser.error(f'--repeat-num {args.repeat_num} must be at least 1')
    if args.task != 'inference' and (args.checkpoint or args.amp
                                     or args.compile or args.fuse_conv_bn):
        parser.error('--checkpoint, --fuse-conv-bn, --amp and --compile '
                     'concern the model: use them with --task inference')
    return args


def build_model(args, cfg):
    """The model of a config, as it is asked for."""
    from mmhoi.apis.random_model import build_random_model
    from mmhoi.checkpoints import build_model, read_checkpoint
    from mmhoi.models.utils import prepare_for_inference
    if args.checkpoint:
        model = build_model(cfg.model, read_checkpoint(args.checkpoint))
    else:
        warnings.warn('no --checkpoint: the weights are random, predictions '
                      'mean nothing')
        model = build_random_model(cfg.model)
    if args.fuse_conv_bn or args.compile:
        return prepare_for_inference(model, args.compile)
    return model.eval()


def join_launched(args, cfg):
    """Join the group of processes of a launcher, which has to be alone."""
    from mmengine.dist import get_world_size, init_dist, is_distributed

    from mmhoi.utils.cpu_distributed import init_cpu_processes
    if args.launcher == 'none':
        return
    cfg.launcher = args.launcher
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    init_cpu_processes(cfg)
    if not is_distributed():
        init_dist(args.launcher, **cfg.get('env_cfg', {}).get('dist_cfg', {}))
    if get_world_size() > 1:
        raise ValueError(f'{get_world_size()} processes would disturb each '
                         'other; launch one')


def build_benchmark(args, cfg, logger):
    """The benchmark of the task."""
    import torch

    from mmhoi.engine.benchmark import (DataLoaderBenchmark, DatasetBenchmark,
                                        InferenceBenchmark)
    from mmhoi.utils.speed_options import amp_dtype
    key = f'{args.dataset_type}_dataloader'
    if not cfg.get(key):
        raise ValueError(f'config "{args.config}" has no {key}; choose '
                         'another --dataset-type')
    options = dict(
        max_iter=args.max_iter,
        log_interval=args.log_interval,
        num_warmup=args.num_warmup,
        logger=logger)
    if args.task == 'dataset':
        return DatasetBenchmark(cfg[key].dataset, **options)
    if args.task == 'dataloader':
        return DataLoaderBenchmark(cfg[key], **options)
    dtype = getattr(torch, amp_dtype(args.amp_dtype)) if args.amp else None
    return InferenceBenchmark(
        build_model(args, cfg), cfg[key], dtype, **options)


def benchmark(args):
    # They take seconds to import, which --help need not wait for.
    from mmengine.logging import MMLogger
    from mmengine.utils.dl_utils import set_multi_processing

    from mmhoi.setup_env import register_all_modules

    cfg = load_config_file(args.config, args.cfg_options)
    log_file = None
    if args.work_dir is not None:
        check_writable(args.work_dir, '--work-dir')
        log_file = str(Path(args.work_dir, 'benchmark.log'))
    register_all_modules()
    env_cfg = cfg.get('env_cfg', {})
    set_multi_processing(**env_cfg.get('mp_cfg', {}))
    join_launched(args, cfg)
    # Behind those of earlier runs.
    logger = MMLogger('mmhoi', log_file=log_file, file_mode='a')
    build_benchmark(args, cfg, logger).run(args.repeat_num)


@one_line_errors
def main():
    benchmark(parse_args())


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
