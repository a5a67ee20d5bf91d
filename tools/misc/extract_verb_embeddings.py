# Copyright (c) mmhoi contributors.
"""Make the verb embeddings that HOICLIP's verb branch starts from."""
import argparse
import json
import sys
from pathlib import Path

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.utf8 import use_utf8

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
      configs/hoiclip/zero_shot/hoiclip_r50_hico_rf-uc_strict.py \\
      checkpoints/verb_rf_uc.safetensors --method arithmetic
  python tools/train.py \\
      configs/hoiclip/zero_shot/hoiclip_r50_hico_rf-uc_strict.py \\
      --cfg-options \\
  model.bbox_head.interaction_classifier.verbs.embeddings=\\
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
    split = parser.add_mutually_exclusive_group()
    split.add_argument(
        '--split',
        metavar='NAME',
        help='leave out the pairs with an unseen HOI of this zero-shot split, '
        'or "none" for none; default: as --strict if the verb branch of the '
        'config is strict, else none')
    split.add_argument(
        '--strict',
        action='store_true',
        help='leave out those of the split of the config')
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
    add_overwrite_argument(parser)
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
    from mmhoi.models.vision_language import weights_identity
    from mmhoi.models.vision_language.verb_embedding_files import \
        save_verb_embeddings
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.devices import check_device
    from mmhoi.utils.run_config import load_config_file
    register_all_modules()

    check_outputs(args, 'OUT')
    cfg = load_config_file(args.config, args.cfg_options)
    head = cfg.model.bbox_head
    if head.interaction_classifier.get('verbs') is None:
        raise ValueError(f'{args.config} has no verb branch '
                         '(model.bbox_head.interaction_classifier.verbs)')
    space = load_label_space(head.label_space)
    split = split_to_honour(args, head)
    check_device(args.device)
    embeddings, counts = verb_embeddings(args, cfg, space, split)
    save_verb_embeddings(
        args.out,
        embeddings,
        split,
        label_space=space.name,
        verbs=json.dumps(space.verbs),
        clip=cfg.model.clip.model_name,
        clip_identity=weights_identity(cfg.model.clip.model_name,
                                       cfg.model.clip.get('pretrained')),
        method=args.method,
        num_pairs=json.dumps(dict(zip(space.verbs, counts))))
    print(f'{args.out}: {len(embeddings)} verbs by the method "{args.method}" '
          f'from {sum(counts)} pairs; split: {split or "none"}')


def split_to_honour(args, head):
    """Name of the split whose unseen pairs are left out, or None."""
    if args.split is not None:
        return None if args.split == 'none' else args.split
    verbs = head.interaction_classifier.verbs
    if not args.strict and not verbs.get('strict'):
        return None
    if head.get('zero_shot_split') is None:
        raise ValueError(f'{args.config} is strict but names no zero-shot '
                         'split (model.bbox_head.zero_shot_split); name one '
                         'with --split, or all pairs with --split none')
    return head.zero_shot_split


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
    from mmhoi.models.vision_language import CLIPVisual, weights_identity
    from mmhoi.models.vision_language.verb_embeddings import RegionSums
    from mmhoi.models.vision_language.verb_extraction import \
        sum_region_features
    from mmhoi.registry import DATASETS

    state_file = args.out.with_suffix('.unfinished.pth')
    if state_file.exists() and not args.resume:
        raise ValueError(f'{state_file} is an interrupted run; go on with it '
                         'by --resume, or delete it to begin again')
    dataset, clip = cfg.train_dataloader.dataset, cfg.model.clip
    load = next(
        (step for step in dataset.pipeline if step['type'] == 'LoadHOIImage'),
        {})
    dataset.update(zero_shot_split=split, pipeline=[])
    tower = CLIPVisual(**clip).to(args.device)
    on_error = load.get('on_error', 'stop')
    built = DATASETS.build(dataset)
    regions = PairRegions(built, tower.image_size, on_error,
                          load.get('backend_args'))
    identity = dict(
        classes=space.fingerprint,
        images=images_identity(built),
        split=str(split),
        on_error=on_error,
        clip=weights_identity(clip.model_name, clip.get('pretrained')))
    sums = RegionSums.zeros(
        len(space.hois),
        int(space.hoi_objects.max()) + 1, tower.out_dims)
    state_file.parent.mkdir(parents=True, exist_ok=True)
    return sum_region_features(
        regions,
        tower,
        sums,
        state_file,
        identity,
        batch_size=args.batch_size,
        num_workers=args.num_workers)


def images_identity(dataset):
    """Hash of the images and their pairs, whatever the files are called."""
    import hashlib

    from mmhoi.utils.file_hash import file_sign
    digest = hashlib.sha256()
    for index in range(len(dataset)):
        item = dataset.get_data_info(index)
        boxes = [list(x['bbox']) for x in item['instances']]
        digest.update(
            repr([file_sign(item['img_path']), boxes, item['pairs']]).encode())
    return digest.hexdigest()


@one_line_errors(interrupted='interrupted; --resume goes on')
def main():
    extract(parse_args())


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
