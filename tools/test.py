# Copyright (c) mmhoi contributors.
import argparse
import os
import sys
from pathlib import Path

from mmhoi.utils.error_lines import starting
from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import (add_overwrite_argument, check_out_folder,
                                      check_outputs)
from mmhoi.utils.picture_settings import draw_results, use_font
from mmhoi.utils.run_config import (add_run_arguments, check_checkpoint,
                                    files_of_config, image_folders,
                                    load_run_config)
from mmhoi.utils.speed_options import (add_speed_arguments,
                                       check_speed_arguments)
from mmhoi.utils.utf8 import log_any_name, use_utf8


def parse_args():
    parser = argparse.ArgumentParser(
        description='Test a model of mmhoi: mAP, predictions, pictures.',
        epilog='example: python tools/test.py '
        'configs/hoiclip/hoiclip_mini_synhico.py work_dirs/mini/epoch_12.pth '
        '--out predictions.json --show-dir pictures')
    parser.add_argument('config', help='config file')
    parser.add_argument(
        'checkpoint',
        help='checkpoint file, or "none" for the weights with which training '
        'of the config begins')
    parser.add_argument(
        '--out',
        metavar='FILE',
        help='write the predictions into this .pkl, .json, .jsonl or .npz '
        'file')
    parser.add_argument(
        '--show', action='store_true', help='show the predictions on screen')
    parser.add_argument(
        '--show-dir',
        help='write pictures of the predictions into this folder (below '
        '<work dir>/<time> unless it is absolute)')
    parser.add_argument(
        '--wait-time',
        type=float,
        help='seconds for which --show shows each picture; default: 2')
    add_font_argument(parser)
    add_speed_arguments(parser)
    add_run_arguments(parser)
    add_overwrite_argument(parser)
    args = parser.parse_args()
    endings = ('.pkl', '.pickle', '.json', '.jsonl', '.npz')
    if args.out and Path(args.out).suffix not in endings:
        parser.error(f'--out {args.out}: the name must end in '
                     f'{", ".join(endings)}')
    check_speed_arguments(parser, args)
    if args.wait_time is None:
        args.wait_time = 2.0
    elif not args.show:
        parser.error('--wait-time needs --show')
    return args


def test(args):
    # They take seconds to import, which --help need not wait for.
    from mmengine.registry import RUNNERS
    from mmengine.runner import Runner

    from mmhoi.checkpoints import check_whole, restore_class_files
    from mmhoi.engine.hooks import (BeginHook, CheckpointCheckHook,
                                    EvaluationGuardHook,
                                    PrepareForInferenceHook, UnreadImagesHook)
    from mmhoi.evaluation.metrics import DumpHOIResults
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.config_check import check_config
    from mmhoi.utils.cpu_distributed import (init_cpu_processes,
                                             leave_cpu_processes)
    from mmhoi.utils.speed_options import amp_dtype, use_amp_to_test

    cfg = load_run_config(args)
    report = Path(cfg.work_dir, 'error.txt')
    begin = BeginHook()
    use_font(cfg, args.font)
    check_outputs(
        argparse.Namespace(
            out=args.out,
            config=args.config,
            checkpoint=args.checkpoint,
            overwrite=args.overwrite),
        '--out',
        inputs=files_of_config(cfg))
    if args.show_dir and os.path.isabs(args.show_dir):
        check_out_folder('--show-dir', args.show_dir, image_folders(cfg))
    register_all_modules(init_default_scope=False)
    check_config(cfg)
    if args.checkpoint != 'none':
        cfg.load_from = args.checkpoint
    if cfg.get('load_from'):
        check_checkpoint(
            cfg.load_from, 'give a checkpoint that tools/train.py has written '
            'into its work dir')
        check_whole(cfg.load_from)
        restore_class_files(cfg._cfg_dict, cfg.load_from)
    if args.show or args.show_dir:
        draw_results(cfg, args.show, args.wait_time, args.show_dir)
    if args.amp:
        use_amp_to_test(cfg, amp_dtype(args.amp_dtype))
    with starting(report, lambda: begin.begun):
        joined = init_cpu_processes(cfg)
        build = RUNNERS.build if 'runner_type' in cfg else Runner.from_cfg
        runner = build(cfg)
        log_any_name(runner.logger)
        runner.register_hook(begin)
        if args.checkpoint != 'none':
            runner.register_hook(CheckpointCheckHook())
        runner.register_hook(PrepareForInferenceHook(args.compile))
        # Configs of earlier versions lack it.
        runner.register_hook(EvaluationGuardHook())
        runner.register_hook(UnreadImagesHook())
        if args.out:
            runner.test_evaluator.metrics.append(DumpHOIResults(args.out))
        runner.test()
    if joined:
        leave_cpu_processes()


@one_line_errors
def main():
    test(parse_args())


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
