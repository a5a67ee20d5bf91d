# Copyright (c) mmhoi contributors.
"""Predict the interactions in images: pictures and json files."""
import argparse
import sys

from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.text_files import print_json
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
Pictures go to OUT_DIR/vis, predictions to OUT_DIR/preds, one file for each
image. Results of an earlier run are replaced, other files never. Exit status:
0 if all images could be read and all results written, 1 if not.

examples:
  python demo/image_demo.py photo.jpg CONFIG --weights CHECKPOINT
  python demo/image_demo.py photos/ CONFIG --weights CHECKPOINT --batch-size 8
  python demo/image_demo.py "photos/**/*.png" CHECKPOINT --out-dir results
  python demo/image_demo.py photo.jpg CONFIG --weights CHECKPOINT \\
      --texts "a person riding a horse; a person feeding a horse"
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'inputs',
        help='image, folder, pattern in quotes ("**" for subfolders) or '
        'http(s) address')
    parser.add_argument(
        'model',
        help='config file, name of a model, or a checkpoint, which holds the '
        'config of its training')
    parser.add_argument('--weights', help='checkpoint file')
    parser.add_argument(
        '--out-dir',
        default='outputs',
        help='folder of the results (default: %(default)s)')
    parser.add_argument(
        '--texts',
        help='own interactions instead of those of the training, separated by '
        '";", or a file of them (.txt with one a line, .json)')
    parser.add_argument(
        '--boxes',
        metavar='FILE',
        help='boxes of a detector for a two-stage model: COCO results, a '
        'folder with a json for each image, or a .json or .npz of '
        'tools/analysis_tools/dump_detections.py')
    parser.add_argument(
        '--box-categories',
        metavar='NAMES',
        help='what class ids in --boxes mean: coco, label_space, alphabetical '
        'or a file of names')
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    parser.add_argument(
        '--batch-size',
        type=int,
        default=1,
        help='images in one pass (default: %(default)s)')
    parser.add_argument(
        '--amp',
        action='store_true',
        help='mixed precision: bfloat16 on a CPU, float16 on a GPU')
    parser.add_argument(
        '--compile',
        action='store_true',
        help='use torch.compile: minutes for the first image, then faster')
    parser.add_argument(
        '--pred-score-thr',
        type=float,
        default=0.3,
        help='smallest confidence of what is drawn, 0..1 '
        '(default: %(default)s)')
    add_font_argument(parser)
    parser.add_argument(
        '--show', action='store_true', help='show each picture in a window')
    parser.add_argument(
        '--wait-time',
        type=float,
        help='seconds for which --show shows a picture; 0 waits for a key '
        '(default: 0)')
    parser.add_argument(
        '--no-save-vis', action='store_true', help='write no pictures')
    parser.add_argument(
        '--no-save-pred', action='store_true', help='write no json files')
    parser.add_argument(
        '--print-result',
        action='store_true',
        help='print the predictions, one line of json for each image')
    args = parser.parse_args(argv)
    if args.box_categories and not args.boxes:
        parser.error('--box-categories needs --boxes')
    if args.wait_time is not None and not args.show:
        parser.error('--wait-time needs --show')
    return args


@one_line_errors
def main(argv=None) -> int:
    """Run the demo; returns the exit status."""
    args = parse_args(argv)
    # It takes seconds to import, which --help need not wait for.
    from mmhoi.apis import HOIInferencer
    inferencer = HOIInferencer(
        args.model,
        args.weights,
        device=args.device,
        texts=args.texts,
        amp=args.amp,
        compile=args.compile,
        font=args.font)
    boxes = args.boxes and dict(
        file=args.boxes, categories=args.box_categories)
    results = inferencer.stream(
        args.inputs,
        boxes=boxes,
        batch_size=args.batch_size,
        show=args.show,
        wait_time=args.wait_time or 0,
        no_save_vis=args.no_save_vis,
        pred_score_thr=args.pred_score_thr,
        no_save_pred=args.no_save_pred,
        out_dir=args.out_dir)
    num_images, num_hois, errors, problems = 0, 0, [], []
    for result in results:
        num_images += 1
        problems += result.not_written
        if result.error is not None:
            errors.append(result.error)
            continue
        num_hois += sum(hoi['confidence'] > args.pred_score_thr
                        for hoi in result.prediction['hois'])
        if args.print_result:
            print_json(result.prediction)
    print(f'{num_images - len(errors)} of {num_images} images, {num_hois} '
          f'interactions with a confidence above {args.pred_score_thr}; '
          f'results in {args.out_dir}')
    for error in errors:
        print(f'not read: {error}', file=sys.stderr)
    for problem in problems:
        print(f'not written: {problem}', file=sys.stderr)
    return int(bool(errors or problems))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
