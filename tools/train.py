# Copyright (c) mmhoi contributors.
import argparse
import sys

from mmhoi.utils.run_config import (add_run_arguments, check_checkpoint,
                                    load_run_config)
from mmhoi.utils.speed_options import (add_speed_arguments,
                                       check_speed_arguments)
from mmhoi.utils.utf8 import log_any_name, use_utf8


def parse_args():
    parser = argparse.ArgumentParser(
        description='Train a model of mmhoi.',
        epilog='example: python tools/train.py '
        'configs/hoiclip/hoiclip_mini_synhico.py --work-dir work_dirs/mini')
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the total batch size, relative to '
        'auto_scale_lr.base_batch_size of the config')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on with an interrupted run: from this checkpoint or, without '
        'a value, from the latest one in the work dir (from the start if it '
        'has none)')
    add_speed_arguments(parser)
    add_run_arguments(parser)
    args = parser.parse_args()
    check_speed_arguments(parser, args)
    return args


def use_auto_scale_lr(cfg):
    if not {'enable', 'base_batch_size'} <= set(cfg.get('auto_scale_lr', {})):
        sys.exit('--auto-scale-lr needs auto_scale_lr.enable and '
                 'auto_scale_lr.base_batch_size in the config')
    cfg.auto_scale_lr.enable = True


def use_resume(cfg, checkpoint):
    from mmengine.runner import find_latest_checkpoint
    if checkpoint == 'auto':
        checkpoint = find_latest_checkpoint(cfg.work_dir)
    # A first start keeps `load_from`, the weights that training begins with.
    if checkpoint is not None:
        cfg.resume = True
        cfg.load_from = checkpoint
        check_checkpoint(checkpoint, 'correct --resume')


def train(args):
    # They take seconds to import, which --help need not wait for.
    from mmengine.registry import RUNNERS
    from mmengine.runner import Runner

    from mmhoi.engine.custom_keys import check_custom_keys
    from mmhoi.engine.hooks import CheckpointCheckHook, CompileHook
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.config_check import check_config
    from mmhoi.utils.cpu_distributed import (init_cpu_processes,
                                             leave_cpu_processes)
    from mmhoi.utils.speed_options import amp_dtype, use_amp_to_train

    cfg = load_run_config(args)
    register_all_modules(init_default_scope=False)
    check_config(cfg)
    if args.amp:
        use_amp_to_train(cfg, amp_dtype(args.amp_dtype))
    if args.auto_scale_lr:
        use_auto_scale_lr(cfg)
    if args.resume is not None:
        use_resume(cfg, args.resume)
    if cfg.get('load_from') and not cfg.get('resume'):
        check_checkpoint(
            cfg.load_from, 'it holds the weights that training begins with '
            '(config key load_from): make it as the README beside the config '
            'says, or train without it by --cfg-options load_from=None')
    joined = init_cpu_processes(cfg)

    build = RUNNERS.build if 'runner_type' in cfg else Runner.from_cfg
    runner = build(cfg)
    log_any_name(runner.logger)
    check_custom_keys(runner)
    if cfg.get('resume'):
        runner.register_hook(CheckpointCheckHook(resume=True))
    if args.compile:
        runner.register_hook(CompileHook())
    runner.train()
    if joined:
        leave_cpu_processes()


def main():
    args = parse_args()
    from mmhoi.checkpoints import CheckpointError
    from mmhoi.utils.setup_error import SetupError
    try:
        train(args)
    except (CheckpointError, FileNotFoundError, FloatingPointError,
            PermissionError, SetupError) as error:
        # They say what to change; a traceback would bury it.
        sys.exit(f'{type(error).__name__}: {error}')


if __name__ == '__main__':
    use_utf8()
    main()
