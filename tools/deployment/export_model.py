# Copyright (c) mmhoi contributors.
"""Export a trained model and check that the file computes the same."""
import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

from mmhoi.utils.model_arguments import (add_model_arguments,
                                         parse_model_arguments)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
The ending of --out says what is written: .onnx for ONNX Runtime, .pt2 for
PyTorch (torch.export); see mmhoi.deployment. Batch size and image size are
free. The file takes its place only if its outputs for random images of several
sizes differ from those of the model by at most 1e-4, and its predictions for
the images of --verify by at most 1e-2: their pixels are resized by another
library. Exit status: 0 if so, 1 if not.

examples:
  python tools/deployment/export_model.py CONFIG CHECKPOINT --out model.onnx
  python tools/deployment/export_model.py CONFIG CHECKPOINT --out model.pt2 \\
      --verify photos/*.jpg
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add_model_arguments(parser)
    parser.add_argument(
        '--out', required=True, type=Path, help='file to write, .onnx or .pt2')
    parser.add_argument(
        '--opset',
        type=int,
        default=argparse.SUPPRESS,
        help="for .onnx: version of ONNX's operators, at least 18 (default: "
        '18)')
    parser.add_argument(
        '--exporter',
        choices=['dynamo', 'legacy'],
        default=argparse.SUPPRESS,
        help="for .onnx: PyTorch's present exporter, or its former one, which "
        'is faster but deprecated (default: dynamo)')
    parser.add_argument(
        '--texts',
        help='own interactions instead of those of the training, separated by '
        '";", or a file of them (.txt with one a line, .json)')
    parser.add_argument(
        '--verify',
        nargs='+',
        default=[],
        metavar='IMG',
        help='images of which predictions are compared too')
    add_overwrite_argument(parser)
    args = parser.parse_args(argv)
    parse_model_arguments(parser, args)
    if args.out.suffix not in ('.onnx', '.pt2'):
        parser.error(f'--out {args.out}: must end in .onnx or .pt2')
    args.options = {
        name: value
        for name, value in vars(args).items() if name in ('opset', 'exporter')
    }
    if args.options and args.out.suffix != '.onnx':
        parser.error(f'--{" and --".join(args.options)}: for .onnx only')
    if args.options.get('opset', 18) < 18:
        parser.error(f'--opset {args.opset}: must be at least 18')
    return args


def export(args: argparse.Namespace) -> None:
    """Export and check; raises ValueError if the check fails."""
    from mmhoi.apis import HOIInferencer
    from mmhoi.utils.whole_file import write_whole
    check_outputs(args, '--out')
    write, load = functions_of(args.out.suffix)
    inferencer = HOIInferencer(
        args.config,
        args.checkpoint,
        device='cpu',
        texts=args.texts,
        show_progress=False)
    check_start(args)
    print('exporting, which may take some minutes ...', flush=True)
    with write_whole(args.out) as draft:
        raw = write(inferencer, draft, **args.options)
        check(inferencer, raw, load(draft, show_progress=False), args.verify)
    print(f'{args.out} ({args.out.stat().st_size / 1e6:.1f} MB); inputs: '
          f'{", ".join(raw.input_names)}; outputs: '
          f'{", ".join(raw.output_names)}')


def check_start(args: argparse.Namespace) -> None:
    """Find what is missing before the export, which takes minutes."""
    for image in args.verify:
        if '://' not in image and not Path(image).is_file():
            raise FileNotFoundError(f'--verify: image {image} does not exist')
    needed = ('onnx', 'onnxscript', 'onnxruntime')
    missing = [name for name in needed if find_spec(name) is None]
    if args.out.suffix == '.onnx' and missing:
        raise ImportError(f'--out {args.out} needs {", ".join(missing)}; run: '
                          f'pip install {" ".join(missing)}')


def functions_of(ending: str):
    """What writes files with an ending, and the inferencer of such files."""
    if ending == '.onnx':
        from mmhoi.deployment import ONNXHOIInferencer
        from mmhoi.deployment.onnx_export import export_onnx
        return export_onnx, ONNXHOIInferencer
    from mmhoi.deployment.torch_export import export_torch
    from mmhoi.deployment.torch_inferencer import TorchHOIInferencer
    return export_torch, TorchHOIInferencer


def check(inferencer, raw, exported, images) -> None:
    """Compare outputs, and predictions of images."""
    from mmhoi.deployment.export_check import (PREDICTION_TOLERANCE, TOLERANCE,
                                               output_differences,
                                               prediction_difference)
    from mmhoi.utils.progress import tqdm
    for shape, differences in output_differences(raw, exported):
        texts = [f'{name} {x:.1e}' for name, x in differences.items()]
        print(f'{shape}: {", ".join(texts)}')
        for name, difference in differences.items():
            demand(f'batch, height, width = {shape}: {name}', difference,
                   TOLERANCE)
    largest, num_single = 0.0, 0
    for image in tqdm(images, 'Predictions', unit=' images'):
        wanted, = inferencer(image)['predictions']
        found, = exported(image)['predictions']
        difference, single = prediction_difference(wanted, found)
        demand(f'image {image}: predictions', difference, PREDICTION_TOLERANCE)
        largest, num_single = max(largest, difference), num_single + single
    if images:
        print(f'predictions of {len(images)} images: {largest:.1e}; '
              f'{num_single} predictions in only one of the two')


def demand(what: str, difference: float, tolerance: float) -> None:
    """Raise ValueError if a difference is too large, or NaN."""
    if not difference <= tolerance:
        raise ValueError(
            f'{what} of the exported model differ by {difference:.1e}, '
            f'allowed is {tolerance:.0e}; nothing is written')


@one_line_errors(requirements='requirements/optional.txt')
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    export(args)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
