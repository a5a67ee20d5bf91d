# Copyright (c) mmhoi contributors.
"""Train the mini CLIP that comes with mmhoi on captioned SynHICO renders."""
import argparse
import logging
import sys
from pathlib import Path

import torch
from mmengine.logging import MMLogger

from mmhoi.label_spaces import load_label_space
from mmhoi.models.vision_language.open_clip_loader import (MINI_CLIP, MINI_DIR,
                                                           MINI_WEIGHTS,
                                                           load_open_clip)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.utf8 import use_utf8

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mini_clip.bpe_training import learn_merges, write_merges  # noqa: E402
from mini_clip.evaluation import zero_shot_accuracy  # noqa: E402
from mini_clip.samples import MiniCLIPSamples  # noqa: E402
from mini_clip.training import MiniCLIPTrainer  # noqa: E402


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        '--out',
        type=Path,
        default=MINI_WEIGHTS,
        help='weights to write (.safetensors)')
    parser.add_argument(
        '--work-dir',
        type=Path,
        default=Path('work_dirs/mini_clip'),
        help='checkpoint and log; a training that finds a '
        'checkpoint there goes on from it')
    parser.add_argument('--steps', type=int, default=3000)
    parser.add_argument('--batch-size', type=int, default=64)
    parser.add_argument('--lr', type=float, default=1e-3)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--save-every',
        type=int,
        default=300,
        help='steps between checkpoints')
    parser.add_argument(
        '--threads',
        type=int,
        default=1,
        help='threads of the training process')
    parser.add_argument(
        '--workers', type=int, default=1, help='rendering processes')
    parser.add_argument(
        '--eval-only',
        type=int,
        metavar='N',
        help='only evaluate the weights of --out on N held-out scenes per '
        'HOI')
    parser.add_argument(
        '--write-bpe',
        action='store_true',
        help='only write the vocabulary of the tokenizer, '
        'learned from the prompts of HICO-DET')
    add_overwrite_argument(parser)
    return parser.parse_args()


@one_line_errors
def main() -> None:
    args = parse_args()
    if args.write_bpe:
        merges = MINI_DIR / 'mini_clip_bpe.txt.gz'
        check_outputs(
            argparse.Namespace(overwrite=args.overwrite),
            beside={'the vocabulary': merges})
        space = load_label_space('hico_det')
        size = write_merges(
            merges, learn_merges(space.hoi_prompts + space.object_prompts))
        print(f'vocabulary of {size} tokens; set it as text_cfg.vocab_size '
              f'in {MINI_DIR.name}/mini_clip.json')
        return
    torch.set_num_threads(args.threads)
    if args.eval_only:
        clip = load_open_clip(MINI_CLIP, str(args.out))
        samples = MiniCLIPSamples(clip.image_size)
        accuracy = zero_shot_accuracy(clip, samples, args.eval_only)
        for name, (top1, top5) in accuracy.items():
            print(f'{name}: top-1 {top1:.1%}, top-5 {top5:.1%}')
        return
    args.work_dir.mkdir(parents=True, exist_ok=True)
    MMLogger.get_instance(
        'mini_clip',
        log_level=logging.INFO,
        log_file=str(args.work_dir / 'train.log'),
        file_mode='a')
    trainer = MiniCLIPTrainer(
        args.work_dir, args.steps, args.batch_size, args.lr, seed=args.seed)
    # A training that goes on writes its own weights again.
    if not trainer.checkpoint.exists():
        check_outputs(args, '--out')
    trainer.train(args.out, args.save_every, num_workers=args.workers)


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
