# Copyright (c) mmhoi contributors.
"""Export a trained model to ONNX and check that it computes the same."""
import argparse
import sys
from pathlib import Path

_EPILOG = """\
The file runs with ONNX Runtime alone, see mmhoi.deployment. Batch size and
image size are free. It takes its place only if its outputs for random images
of several sizes, and its predictions for the images of --verify, differ from
those of the model by at most 1e-4. Exit status: 0 if so, 1 if not.

examples:
  python tools/deployment/export_onnx.py CONFIG CHECKPOINT --out model.onnx
  python tools/deployment/export_onnx.py CONFIG CHECKPOINT --out model.onnx \\
      --verify photos/*.jpg
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file, or name of a model')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--out', required=True, type=Path, help='ONNX file to write')
    parser.add_argument(
        '--opset',
        type=int,
        default=18,
        help="version of ONNX's operators, at least 18 (default: %(default)s)")
    parser.add_argument(
        '--exporter',
        choices=['dynamo', 'legacy'],
        default='dynamo',
        help="PyTorch's present exporter, or its former one, which is faster "
        'but deprecated (default: %(default)s)')
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
    args = parser.parse_args(argv)
    if args.opset < 18:
        parser.error(f'--opset {args.opset}: must be at least 18')
    return args


def export(args: argparse.Namespace) -> None:
    """Export and check; raises ValueError if the check fails."""
    from mmhoi.apis import HOIInferencer
    from mmhoi.deployment.onnx_export import export_onnx
    from mmhoi.utils.whole_file import write_whole
    inferencer = HOIInferencer(
        args.config,
        args.checkpoint,
        device='cpu',
        texts=args.texts,
        show_progress=False)
    print('exporting, which may take some minutes ...', flush=True)
    with write_whole(args.out) as draft:
        raw = export_onnx(inferencer, draft, args.opset, args.exporter)
        check(inferencer, raw, draft, args.verify)
    print(f'{args.out} ({args.out.stat().st_size / 1e6:.1f} MB); inputs: '
          f'{", ".join(raw.input_names)}; outputs: '
          f'{", ".join(raw.output_names)}')


def check(inferencer, raw, path, images) -> None:
    """Compare outputs, and predictions of images."""
    from rich.progress import track

    from mmhoi.deployment import ONNXHOIInferencer
    from mmhoi.deployment.onnx_check import (TOLERANCE, output_differences,
                                             prediction_difference)
    exported = ONNXHOIInferencer(path)
    differences = {}
    for shape, of_outputs in output_differences(raw, exported):
        differences[f'batch, height, width = {shape}'] = of_outputs
        texts = [f'{name} {x:.1e}' for name, x in of_outputs.items()]
        print(f'{shape}: {", ".join(texts)}')
    num_single = 0
    for image in track(images, 'Predictions', disable=not images):
        wanted, = inferencer(image)['predictions']
        found, = exported(image)['predictions']
        largest, single = prediction_difference(wanted, found)
        differences[f'image {image}'] = dict(predictions=largest)
        num_single += single
    if images:
        largest = max(differences[f'image {x}']['predictions'] for x in images)
        print(f'predictions of {len(images)} images: {largest:.1e}; '
              f'{num_single} predictions in only one of the two')
    for place, values in differences.items():
        name, largest = max(values.items(), key=lambda item: item[1])
        if not largest <= TOLERANCE:
            raise ValueError(
                f'{place}: {name} of the exported model differ by '
                f'{largest:.1e}, allowed is {TOLERANCE:.0e}; nothing is '
                'written')


def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    try:
        export(args)
    except (OSError, ImportError, RuntimeError, ValueError,
            TypeError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
