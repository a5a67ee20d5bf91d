# Copyright (c) mmhoi contributors.
"""The HICO-DET part of the command line."""
import argparse
import warnings
from typing import Dict, Optional

import numpy as np

from mmhoi.label_spaces import (LabelSpace, hico_det_test_image_ids,
                                known_object_images, load_label_space)
from mmhoi.structures import PairArrays, PairPredictions
from . import hico_extras
from .coverage import check_coverage
from .functional.average_precision import RECALL_GRIDS
from .functional.hico_det import evaluate_hico_det, evaluate_hico_det_settings
from .functional.python_protocols import (PYTHON_PROTOCOLS,
                                          evaluate_hico_det_python)
from .hico_ground_truth import HICOGroundTruth, read_hico_ground_truth
from .hico_report import official_report, python_report
from .pixel_origin import origin_warnings
from .prediction_io.pair_formats import (PAIR_FORMATS, find_pair_format,
                                         read_pair_predictions,
                                         write_pair_predictions)
from .report import Report
from .test_set_check import check_annotated

PROTOCOLS = ('official', *PYTHON_PROTOCOLS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only HICO-DET has.

    Args:
        parser (argparse.ArgumentParser): Parser of the command line.
    """
    group = parser.add_argument_group('only for hico')
    group.add_argument(
        '--recall-grid',
        choices=RECALL_GRIDS,
        default='matlab',
        help='recall thresholds of 11-point AP as MATLAB or NumPy builds '
        'them, for the official protocol; published numbers come from '
        'MATLAB; default: %(default)s')
    hico_extras.add_arguments(group)
    group.add_argument(
        '--mat-round',
        action='store_true',
        help='round boxes to whole pixels in official MATLAB files that '
        '--convert writes, as converters in the field do')


def evaluate(args: argparse.Namespace) -> Report:
    """Evaluate or convert predictions on HICO-DET.

    Args:
        args (argparse.Namespace): Parsed arguments.

    Returns:
        Report: The results, without figures if only a conversion was asked
        for.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """
    _check_arguments(args)
    space = load_label_space('hico_det')
    subsets = _subsets(space, args.split)
    if args.ann is None:
        predictions = read_pair_predictions(
            args.predictions,
            space,
            format=args.format,
            origin=args.det_origin)
        return _convert(args, predictions, space)
    ann_origin = 1 if args.ann_origin is None else args.ann_origin
    truth = read_hico_ground_truth(args.ann, ann_origin)
    check_annotated(len(truth.pairs.labels), args.ann)
    predictions = _align(
        read_pair_predictions(args.predictions, space, truth.image_ids,
                              args.format, args.det_origin), truth, args)
    if args.convert:
        _convert(args, predictions, space)
    gt, det = truth.pairs, predictions.pairs
    for text in origin_warnings(gt, det, args.det_origin, ann_origin):
        warnings.warn(text)
    if args.protocol == 'official':
        report = _official_report(truth, det, space, subsets, args.recall_grid)
        return hico_extras.add_extras(report, gt, det, subsets, args)
    # The published evaluators compare the numbers of the files as they are.
    return python_report(
        evaluate_hico_det_python(
            _shift(gt, ann_origin), _shift(det, args.det_origin),
            args.protocol, len(space.hois)), subsets)


def _check_arguments(args: argparse.Namespace) -> None:
    """Raise ValueError before anything is read."""
    if args.protocol not in PROTOCOLS:
        raise ValueError(f'unknown protocol "{args.protocol}" for hico; '
                         f'allowed: {", ".join(PROTOCOLS)}')
    extras = args.iou_thrs is not None or args.sizes or args.errors
    if extras and args.protocol != 'official':
        raise ValueError('--iou-thrs, --sizes and --errors go with the '
                         f'official protocol, not with "{args.protocol}"')
    if args.convert:
        find_pair_format(args.convert)
    if args.mat_round and (not args.convert or find_pair_format(args.convert)
                           is not PAIR_FORMATS['mat']):
        raise ValueError('--mat-round goes with --convert to a folder of '
                         'MATLAB files; add --convert FOLDER')


def _subsets(space: LabelSpace, split: Optional[str]) -> Dict[str, np.ndarray]:
    """HOI ids over which each mean is taken."""
    full = np.arange(len(space.hois))
    subsets = dict(
        full=full,
        rare=space.rare_hois,
        non_rare=np.setdiff1d(full, space.rare_hois))
    if split is not None:
        subsets.update(
            unseen=space.unseen_hois(split), seen=space.seen_hois(split))
    return subsets


def _convert(args: argparse.Namespace, predictions: PairPredictions,
             space: LabelSpace) -> Report:
    """Write the predictions in another format."""
    options = {}
    if find_pair_format(args.convert) is PAIR_FORMATS['mat']:
        options.update(round_boxes=args.mat_round)
        num, num_official = len(predictions.image_ids), len(
            hico_det_test_image_ids())
        if num != num_official:
            warnings.warn(
                f'{args.convert} gets {num} images; the official program '
                f'needs all {num_official}, in the annotation given as --ann')
    write_pair_predictions(args.convert, predictions, space, **options)
    rows = [[
        args.convert,
        len(predictions.image_ids),
        len(predictions.pairs.images)
    ]]
    return Report({},
                  tables=[('Converted', ['file', 'images',
                                         'predictions'], rows)])


def _align(predictions: PairPredictions, truth: HICOGroundTruth,
           args: argparse.Namespace) -> PairPredictions:
    """Predictions for the annotated images, with a warning for the others."""
    aligned, _, _ = predictions.align(truth.image_ids)
    check_coverage(predictions.image_ids, truth.image_ids,
                   len(aligned.pairs.images), args)
    return aligned


def _object_images(truth: HICOGroundTruth,
                   space: LabelSpace) -> Optional[np.ndarray]:
    """Images of the Known-Object setting, None if it does not apply."""
    try:
        images = known_object_images(truth.image_ids)
    except ValueError as error:
        warnings.warn(f'without the Known-Object setting: {error}')
        return None
    objects = space.hoi_objects[truth.pairs.labels]
    outside = ~images[objects, truth.pairs.images]
    if outside.any():
        row = int(np.argmax(outside))
        warnings.warn(
            'without the Known-Object setting: the annotation has '
            f'{outside.sum()} pairs in images that HICO-DET does not label '
            'with their object, the first one in image '
            f'{truth.image_ids[truth.pairs.images[row]]}; it is not the one '
            'of the HICO-DET test set')
        return None
    return images


def _official_report(truth: HICOGroundTruth, det: PairArrays,
                     space: LabelSpace, subsets: Dict[str, np.ndarray],
                     recall_grid: str) -> Report:
    """Results of the official protocol."""
    images = _object_images(truth, space)
    if images is None:
        default = evaluate_hico_det(truth.pairs, det, len(space.hois),
                                    recall_grid)
        return official_report(dict(default=default), subsets)
    results = evaluate_hico_det_settings(truth.pairs, det, space.hoi_objects,
                                         images, recall_grid)
    return official_report(results, subsets)


def _shift(pairs: PairArrays, pixels: int) -> PairArrays:
    """Pairs with `pixels` added to all coordinates."""
    return pairs._replace(
        sub_bboxes=pairs.sub_bboxes + pixels,
        obj_bboxes=pairs.obj_bboxes + pixels)
