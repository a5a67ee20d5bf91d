# Copyright (c) mmhoi contributors.
"""Rank texts by how well they describe what persons do in an image."""
import argparse
import sys

from mmhoi.utils.model_arguments import (add_model_arguments,
                                         parse_model_arguments)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.text_files import write_json
from mmhoi.utils.utf8 import use_utf8

EPILOG = """The score is the one that predictions are ranked by: interaction
score + object score ** 2. The confidence (0..1) is their product. A text
counts with its best pair of a person and an object. Boxes: x1 y1 x2 y2 in
pixels.

examples:
  python tools/misc/rank_prompts.py photo.jpg CONFIG CHECKPOINT \\
      --texts "a person riding a horse; a person feeding a horse"
  python tools/misc/rank_prompts.py photo.jpg CONFIG CHECKPOINT \\
      --texts texts.txt --topk 20 --clip
"""


def parse_args(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('img', help='image file or http(s) address')
    add_model_arguments(parser)
    parser.add_argument(
        '--texts',
        help='texts separated by ";"; or a file: .txt with a text per line, '
        '.json with a list of texts, with {"verbs": [...], "objects": [...]} '
        'or with classes; or the name of a label space. Default: the classes '
        'of the training')
    parser.add_argument(
        '--topk',
        type=int,
        default=10,
        help='number of texts that are printed (default: %(default)s)')
    parser.add_argument(
        '--clip',
        action='store_true',
        help='also print how CLIP alone ranks the texts: by the cosine to '
        'the whole image')
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    parser.add_argument(
        '--json',
        metavar='FILE',
        help='also write the ranking of all texts that have a pair')
    add_overwrite_argument(parser)
    args = parser.parse_args(argv)
    parse_model_arguments(parser, args)
    if args.topk < 1:
        parser.error(f'--topk {args.topk} must be at least 1')
    return args


def rank(args):
    """Print the rankings."""
    # It takes seconds to import, which --help need not wait for.
    from mmhoi.apis import HOIInferencer
    check_outputs(args, '--json')
    inferencer = HOIInferencer(
        args.config,
        args.checkpoint,
        device=args.device,
        texts=args.texts,
        show_progress=False)
    head = inferencer.model.hoi_head
    # A pair for each of a few texts; more would cost pair NMS minutes.
    head.select.max_per_img = 500
    hois = inferencer(args.img)['predictions'][0]['hois']
    best = {}
    for hoi in hois:
        best.setdefault(hoi['label'], hoi)
    best = list(best.values())
    print_table(best[:args.topk])
    if len(best) < min(args.topk, head.num_hois):
        print(f'the other {head.num_hois - len(best)} texts have no pair '
              f'among the best {len(hois)}')
    if args.clip:
        print_clip_table(args, inferencer)
    if args.json:
        write_json(args.json, best, indent=1)


def print_table(hois):
    width = max([len(hoi['text']) for hoi in hois] + [len('text')])
    print(f'{"text":{width}}  score  conf.  object          '
          'person box           object box')
    for hoi in hois:
        boxes = [
            'none' if box is None else ' '.join(f'{x:4.0f}' for x in box)
            for box in (hoi['sub_bbox'], hoi['obj_bbox'])
        ]
        print(f'{hoi["text"]:{width}}  {hoi["score"]:.3f}  '
              f'{hoi["confidence"]:.3f}  {hoi["object"] or "none":14}  '
              f'{boxes[0]:19}  {boxes[1]}')


def print_clip_table(args, inferencer):
    from mmhoi.apis.clip_similarity import clip_similarities
    head = inferencer.model.hoi_head
    texts = inferencer.dataset_meta.get('hoi_prompts',
                                        head.label_space.hoi_prompts)
    cosines = clip_similarities(
        inferencer.load_image(args.img), texts, **head.clip)
    print('\nCLIP alone, whole image:\ncosine  text')
    for i in (-cosines).argsort(kind='stable')[:args.topk]:
        print(f'{cosines[i]:6.3f}  {texts[i]}')


@one_line_errors
def main(argv=None):
    rank(parse_args(argv))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
