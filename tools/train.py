# Copyright (c) mmhoi contributors.
import argparse
import sys
from pathlib import Path

from mmhoi.utils.error_lines import starting
from mmhoi.utils.folder_lock import is_first_process, lock_folder
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.run_config import (add_run_arguments, check_checkpoint,
                                    load_run_config)
from mmhoi.utils.setup_error import SetupError
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
        raise SetupError('--auto-scale-lr needs auto_scale_lr.enable and '
                         'auto_scale_lr.base_batch_size in the config')
    cfg.auto_scale_lr.enable = True


def find_checkpoint(cfg, args):
    """The checkpoint to go on from, None to begin."""
    from mmhoi.checkpoints import RunFolder, check_whole
    if args.resume not in (None, 'auto'):
        check_checkpoint(args.resume, 'correct --resume')
        check_whole(args.resume)
        return args.resume
    # Where a config says `resume`, it may say where from.
    if args.resume is None and cfg.get('load_from'):
        return cfg.load_from
    place = Path(args.config).resolve().parent
    if RunFolder(place).note.exists() and not args.work_dir and Path(
            cfg.work_dir).resolve() != place:
        raise SetupError(
            f'"{args.config}" lies in the folder of a run, but its work_dir '
            f'is "{cfg.work_dir}": name the one to go on with by --work-dir')
    checkpoint = RunFolder.of_config(cfg, cfg.work_dir).latest()
    if checkpoint is None:
        print(f'no checkpoint in "{cfg.work_dir}" yet: the run begins')
    return checkpoint


def train(args):
    # They take seconds to import, which --help need not wait for.
    from mmengine.registry import RUNNERS
    from mmengine.runner import Runner

    from mmhoi.checkpoints import check_whole, restore_class_files
    from mmhoi.engine.custom_keys import check_custom_keys
    from mmhoi.engine.hooks import (BeginHook, CheckpointCheckHook,
                                    ClassGuardHook, CompileHook,
                                    EvaluationGuardHook, ResumeHook)
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.config_check import check_config
    from mmhoi.utils.cpu_distributed import (init_cpu_processes,
                                             leave_cpu_processes)
    from mmhoi.utils.speed_options import amp_dtype, use_amp_to_train

    cfg = load_run_config(args)
    register_all_modules(init_default_scope=False)
    check_config(cfg)
    report = Path(cfg.work_dir, 'error.txt')
    begin = BeginHook()
    # Kept open, so that it is kept locked.
    lock = lock_folder(cfg.work_dir) if is_first_process() else None
    if args.amp:
        use_amp_to_train(cfg, amp_dtype(args.amp_dtype))
    if args.auto_scale_lr:
        use_auto_scale_lr(cfg)
    # The config that is kept with the run says how it was begun.
    resumes = cfg.pop('resume', False) or args.resume is not None
    checkpoint = find_checkpoint(cfg, args) if resumes else None
    if cfg.get('load_from') and checkpoint is None:
        check_checkpoint(
            cfg.load_from, 'it holds the weights that training begins with '
            '(config key load_from): make it as the README beside the config '
            'says, or train without it by --cfg-options load_from=None')
        check_whole(cfg.load_from)
    if checkpoint is not None:
        restore_class_files(cfg._cfg_dict, checkpoint)
    with starting(report, lambda: begin.begun):
        joined = init_cpu_processes(cfg)
        build = RUNNERS.build if 'runner_type' in cfg else Runner.from_cfg
        runner = build(cfg)
        log_any_name(runner.logger)
        check_custom_keys(runner)
        if not any(isinstance(x, ClassGuardHook) for x in runner.hooks):
            # A config of one's own may lack it.
            runner.register_hook(ClassGuardHook())
        runner.register_hook(begin)
        if checkpoint is not None:
            runner._resume, runner._load_from = True, checkpoint
            runner.register_hook(CheckpointCheckHook(resume=True))
            runner.register_hook(ResumeHook())
        # Configs of earlier versions lack it.
        runner.register_hook(EvaluationGuardHook())
        if args.compile:
            runner.register_hook(CompileHook())
        runner.train()
    if joined:
        leave_cpu_processes()
    if lock is not None:
        lock.close()


@one_line_errors(interrupted='interrupted; --resume goes on')
def main():
    train(parse_args())


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
