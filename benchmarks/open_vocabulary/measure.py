# Copyright (c) mmhoi contributors.
"""What own prompts cost, in mAP and in time.

Each case replaces the HOI classes of a model on the test images of its config:

  trained        nothing
  prompts        all classes by their own prompts
  bare           their prompts without "a photo of", as they are
  unknown_verbs  as "prompts", but the HOIs of the split's unseen verbs by
                 text embeddings, their verbs too, as if they were unknown
"""
import argparse
import tempfile
import time
from dataclasses import replace

import numpy as np
from mmengine.runner import Runner

from mmhoi.apis.vocabulary import parse_vocabulary
from mmhoi.apis.vocabulary_switch import (apply_vocabulary,
                                          restore_trained_classes)
from mmhoi.label_spaces import unseen_hois
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.run_config import load_config_file


def parse_args():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument(
        '--images', type=int, default=200, help='test images (default: 200)')
    parser.add_argument(
        '--split',
        default='uv',
        help='split of the unknown verbs (default: %(default)s)')
    parser.add_argument(
        '--many',
        type=int,
        default=10000,
        help='number of texts to encode (default: %(default)s)')
    return parser.parse_args()


def vocabularies(space, split):
    """Name and vocabulary of each case."""
    prompts = parse_vocabulary(space.hoi_prompts, space)
    yield 'trained', None
    yield 'prompts', prompts
    yield 'bare', replace(
        prompts,
        prompts=tuple(
            text.removeprefix('a photo of ') for text in prompts.prompts),
        prompt_hois=np.full(len(space.hois), -1))
    unseen = np.isin(np.arange(len(space.hois)), unseen_hois(split))
    yield 'unknown_verbs', replace(
        prompts,
        prompt_hois=np.where(unseen, -1, prompts.prompt_hois),
        verb_hois=np.where(unseen, -1, prompts.verb_hois))


def main():
    args = parse_args()
    register_all_modules()
    cfg = load_config_file(args.config)
    cfg.update(
        work_dir=tempfile.mkdtemp(),
        load_from=args.checkpoint,
        log_level='WARNING')
    cfg.test_dataloader.dataset.indices = args.images
    runner = Runner.from_cfg(cfg)
    runner.load_or_resume()
    model = runner.model
    space = model.bbox_head.label_space
    for name, vocabulary in vocabularies(space, args.split):
        restore_trained_classes(model)
        if vocabulary is not None:
            apply_vocabulary(model, vocabulary, use_cache=False)
        print(name, {k: round(v, 2) for k, v in runner.test().items()})

    count = -(-args.many // len(space.objects))
    texts = dict(
        verbs=[f'verb {i}' for i in range(count)], objects=space.objects)
    start, cpu = time.perf_counter(), time.process_time()
    vocabulary = parse_vocabulary(texts, space)
    apply_vocabulary(model, vocabulary, use_cache=False)
    print(f'{len(vocabulary.texts)} texts: '
          f'{time.perf_counter() - start:.1f} s, '
          f'{time.process_time() - cpu:.1f} s of CPU')


if __name__ == '__main__':
    main()
