# Copyright (c) mmhoi contributors.
"""The SWIG-HOI part of the command line."""
import argparse
from pathlib import Path
from typing import Dict

import numpy as np

from mmhoi.label_spaces.swig import SWIGLabelSpace, load_swig_label_space
from mmhoi.structures import PairPredictions
from .coverage import check_coverage
from .functional.swig import SWIGResult, evaluate_swig, swig_subsets
from .prediction_io.pair_formats import find_pair_format, read_pair_predictions
from .report import Report
from .swig_ground_truth import read_swig_ground_truth
from .test_set_check import check_annotated

HEADER = ['classes', 'number', 'annotated', 'pairs', 'mAP']


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only SWIG-HOI has.

    Args:
        parser (argparse.ArgumentParser): Parser of the command line.
    """
    group = parser.add_argument_group('only for swig')
    group.add_argument(
        '--categories',
        metavar='FILE',
        help='category file of the data set, swig_v1_categories.py (it is '
        'read, not run), or a json of the same tables')


def evaluate(args: argparse.Namespace) -> Report:
    """Evaluate predictions on SWIG-HOI.

    Args:
        args (argparse.Namespace): Parsed arguments.

    Returns:
        Report: The results.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """
    _check_arguments(args)
    space = load_swig_label_space(args.categories)
    image_ids, gt = read_swig_ground_truth(args.ann, space)
    check_annotated(len(gt.labels), args.ann)
    predictions = _read_predictions(args, image_ids, space)
    result = evaluate_swig(gt, predictions.pairs, len(space.hoi_verbs))
    subsets = swig_subsets(space.frequencies, space.evaluated_hois)
    return _report(result, subsets, space)


def _check_arguments(args: argparse.Namespace) -> None:
    """Refuse what SWIG-HOI does not have."""
    if args.protocol != 'official':
        raise ValueError(f'unknown protocol "{args.protocol}" for swig; '
                         'allowed: official')
    if args.split is not None:
        raise ValueError(f'--split {args.split} is a split of HICO-DET; '
                         'SWIG-HOI has its own unseen classes, which are '
                         'always reported (zero)')
    if args.convert is not None or args.ann is None:
        raise ValueError('predictions on SWIG-HOI can only be evaluated, not '
                         'converted; give --ann and leave --convert out')
    if args.categories is None:
        raise ValueError('--categories is needed: swig_v1_categories.py of '
                         'the SWIG-HOI data set, or a json of its tables')


def _read_predictions(args: argparse.Namespace, image_ids: np.ndarray,
                      space: SWIGLabelSpace) -> PairPredictions:
    """Predictions for the annotated images, counted from their origin."""
    path = Path(args.predictions)
    if path.exists() and not find_pair_format(path, args.format).lists_images:
        raise ValueError(f'{path}: official MATLAB files are for HICO-DET '
                         'only; give a .pkl, .json, .jsonl or .npz file')
    predictions = read_pair_predictions(path, space, format=args.format)
    aligned, _, _ = predictions.align(image_ids)
    check_coverage(predictions.image_ids, image_ids, len(aligned.pairs.images),
                   args)
    return aligned.shift((args.ann_origin or 0) - args.det_origin)


def _report(result: SWIGResult, subsets: Dict[str, np.ndarray],
            space: SWIGLabelSpace) -> Report:
    """Figures, a row for each evaluated class, and the table."""
    means = {name: result.mean_ap(ids) for name, ids in subsets.items()}
    hois = space.hois
    columns = dict(
        hoi_id=subsets['full'],
        hoi=np.array(hois)[subsets['full']],
        frequency=space.frequencies[subsets['full']],
        **{
            name: getattr(result, name)[subsets['full']]
            for name in ('ap', 'recall', 'num_gt', 'num_det')
        })
    rows = [
        dict(zip(columns, row))
        for row in zip(*(values.tolist() for values in columns.values()))
    ]
    table = [[
        name,
        len(ids), (result.num_gt[ids] > 0).sum(), result.num_gt[ids].sum(),
        f'{100 * means[name]:.2f}'
    ] for name, ids in subsets.items()]
    figures = dict(
        means, per_class={
            k: v.tolist()
            for k, v in columns.items()
        })
    return Report(figures, rows, [('SWIG-HOI, in %', HEADER, table)],
                  ('num_gt', 'ap'))
