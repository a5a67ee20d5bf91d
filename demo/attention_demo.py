# Copyright (c) mmhoi contributors.
"""Show what the detector looks at to predict a pair: a panel and arrays."""
import argparse
import sys
from pathlib import Path
from zipfile import ZipFile

from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
OUT_DIR/<image>_pair<N>.png is a panel: image, prediction, localisation
attention of the human and of the object query, interaction attention over
CLIP's patches (hatched where CLIP does not see the image) and over detector
memory. OUT_DIR/<image>_pair<N>.npz has the numbers: human, object, memory and
clip, a weight for each pixel; <name>_cells, the weights as the model has them;
clip_token; sub_bbox and obj_bbox. GEN-VLKT does not look at CLIP.

examples:
  python demo/attention_demo.py photo.jpg CONFIG CHECKPOINT
  python demo/attention_demo.py photo.jpg CHECKPOINT --pair 3 --out-dir maps
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('image', help='image file or http(s) address')
    parser.add_argument(
        'model',
        help='config file, name of a model, or a checkpoint, which holds the '
        'config of its training')
    parser.add_argument('weights', nargs='?', help='checkpoint file')
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        '--pair',
        type=int,
        default=0,
        help='rank of the pair in the predictions of the image, from 0 '
        '(default: %(default)s, the best)')
    chosen.add_argument(
        '--query',
        type=int,
        help='best pair of this query of the model instead (query_ind of a '
        'prediction)')
    parser.add_argument(
        '--out-dir',
        default='outputs',
        help='folder of the results (default: %(default)s)')
    parser.add_argument(
        '--texts',
        help='own interactions instead of those of the training, separated by '
        '";", or a file of them (.txt with one a line, .json)')
    parser.add_argument(
        '--tile-size',
        type=int,
        default=640,
        help='longer side of each tile of the panel, pixels '
        '(default: %(default)s)')
    add_font_argument(parser)
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    args = parser.parse_args(argv)
    if args.tile_size < 64:
        parser.error(f'--tile-size {args.tile_size} must be at least 64')
    return args


@one_line_errors
def main(argv=None) -> int:
    """Run the demo; returns the exit status."""
    args = parse_args(argv)
    # They take seconds to import, which --help need not wait for.
    import numpy as np

    from mmhoi.apis import HOIInferencer, pair_attention
    from mmhoi.utils.own_results import MARK, check_replaceable, write_picture
    from mmhoi.utils.result_names import UniqueNames, picture_name
    from mmhoi.utils.run_config import check_writable
    from mmhoi.utils.whole_file import write_whole
    from mmhoi.visualization import draw_attention_panel
    check_writable(args.out_dir, '--out-dir')
    inferencer = HOIInferencer(
        args.model,
        args.weights,
        device=args.device,
        texts=args.texts,
        font=args.font)
    attention = pair_attention(inferencer, args.image, args.pair, args.query)
    panel = draw_attention_panel(attention, args.tile_size,
                                 inferencer.visualizer.font)
    name = Path(UniqueNames().add(picture_name(args.image))).stem
    path = Path(args.out_dir, f'{name}_pair{attention.pair}')
    files = [f'{path}.png', f'{path}.npz']
    for file in files:
        check_replaceable(file)
    write_picture(panel, files[0])
    with write_whole(Path(files[1])) as draft:
        with draft.open('wb') as file:
            np.savez_compressed(file, **attention.arrays())
        with ZipFile(draft, 'a') as archive:
            archive.comment = MARK
    print(f'pair {attention.pair}, query {attention.query}: '
          f'{attention.text}; written: {path}.png, {path}.npz')
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
