# Copyright (c) mmhoi contributors.
"""Make the verb embeddings that HOICLIP's verb branch starts from."""
import argparse
import json
import sys
from pathlib import Path

from mmengine.config import Config, DictAction

METHODS = ('arithmetic', 'text', 'mean')
EPILOG = """methods:
  arithmetic  visual semantic arithmetic: what CLIP sees in the region of a
              pair less what it sees in that of the object, averaged over the
              training pairs of each HOI and the HOIs of each verb
  mean        the same without subtraction
  text        CLIP's text embedding of "a photo of a person <doing>"

A verb without any training pair gets its text embedding, with a warning.

example:
  python tools/misc/extract_verb_embeddings.py \\
      configs/hoiclip/hoiclip_r50_hico_rf-uc_strict.py \\
      checkpoints/verb_rf_uc.safetensors --method arithmetic
  python tools/train.py configs/hoiclip/hoiclip_r50_hico_rf-uc_strict.py \\
      --cfg-options model.bbox_head.verb_classifier.embeddings=\\
  checkpoints/verb_rf_uc.safetensors
"""


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'config', help='config of the model; its training data are used')
    parser.add_argument('out', type=Path, help='.safetensors file to write')
    parser.add_argument('--method', choices=METHODS, default='arithmetic')
    parser.add_argument(
        '--split',
        metavar='NAME',
        help='leave out the pairs with an unseen HOI of this zero-shot split, '
        'or "none" for none; default: the split of the config, if its verb '
        'branch is strict')
    parser.add_argument(
        '--batch-size',
        type=int,
        default=16,
        help='images of a batch; default: 16')
    parser.add_argument(
        '--num-workers',
        type=int,
        default=2,
        help='processes that read images, 0 for none besides this one; '
        'default: 2')
    parser.add_argument(
        '--device', default='cpu', help='cpu, cuda, ...; default: cpu')
    parser.add_argument(
        '--resume',
        action='store_true',
        help='go on with an interrupted run of the same command')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='override settings of the config, as in tools/train.py')
    args = parser.parse_args()
    if args.out.suffix != '.safetensors':
        parser.error(f'out {args.out}: the name must end in .safetensors')
    if args.batch_size < 1 or args.num_workers < 0:
        parser.error(f'--batch-size {args.batch_size} must be at least 1, '
                     f'--num-workers {args.num_workers} at least 0')
    return args


def extract(args):
    # They take seconds to import, which --help need not wait for.
    from mmhoi.label_spaces import load_label_space
    from mmhoi.models.vision_language.verb_embedding_files import \
        save_verb_embeddings
    from mmhoi.utils import register_all_modules
    register_all_modules()

    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    head = cfg.model.bbox_head
    if head.get('verb_classifier') is None:
        raise ValueError(f'{args.config} has no verb branch '
                         '(model.bbox_head.verb_classifier)')
    label_space = head.get('label_space', 'hico_det')
    space = load_label_space(label_space)
    split = args.split
    if split is None and head.verb_classifier.get('strict'):
        split = head.get('zero_shot_split')
    split = None if split == 'none' else split

    embeddings, counts = verb_embeddings(args, cfg, space, split)
    save_verb_embeddings(
        args.out,
        embeddings,
        split,
        label_space=label_space,
        clip=cfg.model.clip.model_name,
        method=args.method,
        num_pairs=json.dumps(dict(zip(space.verbs, counts))))
    print(f'{args.out}: {len(embeddings)} verbs by the method "{args.method}" '
          f'from {sum(counts)} pairs; split: {split or "none"}')


def verb_embeddings(args, cfg, space, split):
    """Embeddings (V, E) and the number of training pairs of each verb."""
    import numpy as np

    from mmhoi.models.vision_language.verb_embeddings import (
        arithmetic_verb_embeddings, mean_verb_embeddings, text_verb_embeddings)

    num_verbs = len(space.verbs)
    texts = text_verb_embeddings(space.verb_prompts, cfg.model.clip)
    if args.method == 'text':
        return texts, [0] * num_verbs
    sums = region_sums(args, cfg, space, split)
    if args.method == 'arithmetic':
        embeddings = arithmetic_verb_embeddings(sums, space.hoi_verbs,
                                                space.hoi_objects, num_verbs)
    else:
        embeddings = mean_verb_embeddings(sums, space.hoi_verbs, num_verbs)
    counts = np.bincount(space.hoi_verbs, sums.counts, num_verbs).astype(int)
    unsampled = np.flatnonzero(counts == 0)
    if len(unsampled):
        names = ', '.join(space.verbs[verb] for verb in unsampled)
        print(
            f'warning: {len(unsampled)} of {num_verbs} verbs have no training '
            f'pair and get their text embeddings: {names}',
            file=sys.stderr)
        embeddings[unsampled] = texts[unsampled]
    return embeddings, counts.tolist()


def region_sums(args, cfg, space, split):
    """Sums of the CLIP features over the training data of the config."""
    from mmhoi.datasets import PairRegions
    from mmhoi.models.vision_language import CLIPVisual
    from mmhoi.models.vision_language.verb_embeddings import RegionSums
    from mmhoi.models.vision_language.verb_extraction import \
        sum_region_features
    from mmhoi.registry import DATASETS

    dataset = cfg.train_dataloader.dataset
    dataset.update(zero_shot_split=split, pipeline=[])
    tower = CLIPVisual(**cfg.model.clip).to(args.device)
    regions = PairRegions(DATASETS.build(dataset), space, tower.image_size)
    state_file = args.out.with_suffix('.unfinished.pth')
    state_file.parent.mkdir(parents=True, exist_ok=True)
    if not args.resume:
        state_file.unlink(missing_ok=True)
    identity = dict(
        annotation=str(dataset.ann_file),
        split=str(split),
        fraction=str(dataset.get('fraction')),
        clip=cfg.model.clip.model_name)
    sums = RegionSums.zeros(
        len(space.hois),
        int(space.hoi_objects.max()) + 1, tower.out_dims)
    return sum_region_features(
        regions,
        tower,
        sums,
        state_file,
        identity,
        batch_size=args.batch_size,
        num_workers=args.num_workers)


def main():
    args = parse_args()
    try:
        extract(args)
    except (KeyError, OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
