# Copyright (c) mmhoi contributors.
"""Predict the interactions in a large collection of images, with Ray."""
import argparse
import os
import sys
from pathlib import Path

from mmhoi.utils.kinds import wrong_kind
from mmhoi.utils.model_arguments import (add_model_arguments,
                                         parse_model_arguments)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.text_files import read_json, write_json
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
Predictions go to OUT/*.parquet, a row for each image: path, width, height,
error, and a list for each field of the predictions. Exit status: 0 if all
images are predicted, 1 if some could not be read or the run failed, 130 if it
was interrupted. Files that are written stay; --resume goes on.

examples:
  python tools/batch_inference.py photos/ CONFIG CHECKPOINT --out results
  python tools/batch_inference.py "photos/**/*.jpg" CONFIG CHECKPOINT \\
      --out results --num-actors 4 --num-gpus-per-actor 1 --batch-size 16
  python tools/batch_inference.py paths.txt CONFIG CHECKPOINT --out results \\
      --address auto --num-actors 64 --num-cpus-per-actor 4 --resume
"""
MAX_PRINTED = 5


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'inputs',
        help='folder, pattern in quotes ("**" for subfolders), .txt file with '
        'a path or address on each line, or .parquet file with a column path')
    add_model_arguments(parser)
    parser.add_argument(
        '--out', required=True, help='folder of the parquet files')
    parser.add_argument(
        '--resume',
        action='store_true',
        help='leave out images that OUT has already')
    parser.add_argument(
        '--batch-size',
        type=int,
        default=1,
        help='images in one pass (default: %(default)s)')
    parser.add_argument(
        '--num-actors',
        type=int,
        default=1,
        help='processes with a model (default: %(default)s)')
    parser.add_argument(
        '--num-cpus-per-actor',
        type=float,
        default=1,
        help='CPU cores of each (default: %(default)s)')
    parser.add_argument(
        '--num-gpus-per-actor',
        type=float,
        default=0,
        help='GPUs of each, 0.5 if two share one; 0 predicts on CPU '
        '(default: %(default)s)')
    parser.add_argument(
        '--images-per-file',
        type=int,
        default=256,
        help='images in a parquet file, about; an interrupted run loses the '
        'files that are not full (default: %(default)s)')
    parser.add_argument(
        '--address',
        help='of a running Ray cluster, "auto" for that of this machine '
        '(default: start Ray on this machine)')
    args = parser.parse_args(argv)
    parse_model_arguments(parser, args)
    for name, least in (('batch_size', 1), ('num_actors',
                                            1), ('images_per_file', 1),
                        ('num_cpus_per_actor', 0), ('num_gpus_per_actor', 0)):
        if getattr(args, name) < least:
            parser.error(f'--{name.replace("_", "-")} {getattr(args, name)} '
                         f'must be at least {least}')
    return args


def check_model(args) -> None:
    """Make paths absolute, recognise the model, and find what is missing."""
    from mmhoi.apis.model_identity import model_identity
    from mmhoi.utils.run_config import check_checkpoint, load_config_file
    if args.config is not None and (args.config.endswith('.py')
                                    or os.path.dirname(args.config)):
        load_config_file(args.config)
        args.config = os.path.abspath(args.config)
    check_checkpoint(args.checkpoint,
                     'give one that tools/train.py has written')
    if '://' not in args.checkpoint:
        args.checkpoint = os.path.abspath(os.path.expanduser(args.checkpoint))
    args.identity = model_identity(args.config, args.checkpoint)


def open_output(args) -> set:
    """Prepare the folder of the results; returns the images that it has."""
    from mmhoi.apis.prediction_table import read_outcomes
    from mmhoi.utils.output_files import check_out_folder
    from mmhoi.utils.run_config import check_writable
    args.out = os.path.abspath(args.out)
    check_out_folder('--out', args.out, [args.inputs])
    check_writable(args.out, '--out')
    finished = read_outcomes(args.out)
    # Readers of parquet folders leave out names that begin so.
    note = Path(args.out, '_run.json')
    if finished.num_rows:
        if not args.resume:
            raise ValueError(
                f'"{args.out}" has predictions of {finished.num_rows} images; '
                'give --resume, or another folder with --out')
        check_same_model(args, note)
        check_same_images(args.out, finished)
    run = dict(
        config=args.config, checkpoint=args.checkpoint, identity=args.identity)
    write_json(note, run, indent=1)
    return set(finished['path'].to_pylist())


def check_same_model(args, note) -> None:
    """Refuse a folder with predictions of another model."""
    remedy = 'give another folder with --out'
    try:
        before = read_json(note)
        problem = wrong_kind(before, {'': dict, 'identity': dict})
        if problem is not None:
            raise ValueError(problem)
        identity = dict(before['identity'])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'"{note}" does not tell which model "{args.out}" has predictions '
            f'of ({type(error).__name__}: {error}); {remedy}') from error
    changed = [
        key for key, value in args.identity.items()
        if identity.get(key) != value
    ]
    if changed:
        raise ValueError(
            f'"{args.out}" has predictions of another model: other '
            f'{" and ".join(changed)} than those of {before.get("config")} '
            f'with {before.get("checkpoint")} at that time; {remedy}')


def check_same_images(out, finished) -> None:
    """Refuse a folder with predictions of images that are others now."""
    from mmhoi.utils.file_hash import file_sign
    changed = [
        path for path, sign in zip(finished['path'].to_pylist(),
                                   finished['content'].to_pylist())
        if sign and file_sign(path) not in (sign, '')
    ]
    if changed:
        raise ValueError(
            f'"{out}" has predictions of {len(changed)} images whose files '
            f'have other content now, such as "{changed[0]}"; give another '
            'folder with --out')


def predict(args) -> int:
    """Predict the images that are not finished; returns the exit status."""
    from mmhoi.apis.image_lists import list_image_paths
    check_model(args)
    paths = list_image_paths(args.inputs)
    check_names(paths)
    finished = open_output(args)
    todo = [path for path in paths if path not in finished]
    print(f'{len(paths)} images, {len(paths) - len(todo)} of them finished')
    if todo:
        run_on_ray(todo, args)
    return report(paths, args.out)


def check_names(paths) -> None:
    """Refuse names of files that are no text: parquet cannot hold them."""
    wrong = [
        path for path in paths
        if path.encode('utf-8', 'replace').decode('utf-8') != path
    ]
    if wrong:
        raise ValueError(f'the names of {len(wrong)} images are no text in '
                         f'UTF-8, such as {ascii(wrong[0])}; rename them')


def run_on_ray(paths, args) -> None:
    """Predict with Ray, and leave nothing running."""
    from mmhoi.apis.batch_prediction import predict_images, running_ray
    share = dict(
        num_actors=args.num_actors,
        num_cpus=args.num_cpus_per_actor,
        num_gpus=args.num_gpus_per_actor)
    with running_ray(address=args.address, **share):
        predict_images(
            paths,
            args.config,
            args.checkpoint,
            args.out,
            identity=args.identity,
            batch_size=args.batch_size,
            images_per_file=args.images_per_file,
            **share)


def report(paths, out) -> int:
    """Print what became of the images; returns the exit status."""
    from mmhoi.apis.prediction_table import read_outcomes
    outcomes = read_outcomes(out).to_pydict()
    errors = dict(zip(outcomes['path'], outcomes['error']))
    lost = [path for path in paths if path not in errors]
    unread = [errors[path] for path in paths if errors.get(path)]
    print(f'{len(paths) - len(lost) - len(unread)} of {len(paths)} images '
          f'predicted; results in {out}')
    for message in unread[:MAX_PRINTED]:
        print(f'not read: {message}', file=sys.stderr)
    if len(unread) > MAX_PRINTED:
        print(
            f'not read: {len(unread) - MAX_PRINTED} more, see column error',
            file=sys.stderr)
    if lost:
        print(
            f'missing: {len(lost)} images, such as "{lost[0]}"; --resume '
            'predicts them',
            file=sys.stderr)
    return int(bool(unread or lost))


@one_line_errors(
    interrupted='interrupted; --resume goes on',
    requirements='requirements/optional.txt')
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    return predict(parse_args(argv))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
