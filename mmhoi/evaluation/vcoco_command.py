# Copyright (c) mmhoi contributors.
"""The V-COCO part of the command line."""
import argparse
import warnings

import numpy as np

from mmhoi.label_spaces.vcoco_roles import ROLE_VERBS, VERB_ACTIONS, VERB_ROLES
from mmhoi.structures import PairArrays, VCOCODetections, VCOCOGroundTruth
from mmhoi.utils.setup_error import SetupError
from .coverage import check_coverage
from .functional.vcoco import evaluate_vcoco
from .functional.vcoco_hoia import evaluate_vcoco_hoia, hoia_detections
from .functional.vcoco_matching import is_no_object
from .pixel_origin import origin_warnings
from .prediction_io.vcoco_formats import (VCOCOPredictions, find_vcoco_format,
                                          read_vcoco_predictions,
                                          write_vcoco_predictions)
from .report import Report
from .test_set_check import check_annotated
from .vcoco_ground_truth import VCOCOAnnotation, read_vcoco_ground_truth
from .vcoco_report import hoia_report, official_report

PROTOCOLS = ('official', 'hoia')


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what only V-COCO has.

    Args:
        parser (argparse.ArgumentParser): Parser of the command line.
    """
    group = parser.add_argument_group('only for vcoco')
    group.add_argument(
        '--instances',
        nargs='+',
        default=[],
        metavar='FILE',
        help='COCO instance files with the boxes that an official '
        'vcoco_*.json given as --ann refers to')


def evaluate(args: argparse.Namespace) -> Report:
    """Evaluate or convert predictions on V-COCO.

    Args:
        args (argparse.Namespace): Parsed arguments.

    Returns:
        Report: The results, without figures if only a conversion was asked
        for.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """
    if args.protocol not in PROTOCOLS:
        raise ValueError(f'unknown protocol "{args.protocol}" for vcoco; '
                         f'allowed: {", ".join(PROTOCOLS)}')
    if args.split is not None:
        raise ValueError(f'--split {args.split} is a split of HICO-DET; '
                         'V-COCO has none')
    if args.convert:
        find_vcoco_format(args.convert)
    truth = None if args.ann is None else read_vcoco_ground_truth(
        args.ann, args.instances, args.ann_origin or 0)
    if truth:
        check_annotated(len(truth.gt.images), args.ann)
    if truth and args.protocol == 'hoia' and truth.interactions is None:
        raise SetupError(f'{args.ann} does not tell the classes of the '
                         'objects, which the protocol hoia compares; give a '
                         'HOIA json or an official vcoco_*.json')
    predictions = read_vcoco_predictions(args.predictions, args.format,
                                         args.det_origin)
    report = Report({})
    if args.convert:
        report = _convert(args, predictions.det)
    if truth is None:
        return report
    predictions = _for_annotated_images(predictions, truth, args)
    for text in origin_warnings(
            _annotated_pairs(truth.gt), _detected_pairs(predictions.det),
            args.det_origin, args.ann_origin or 0):
        warnings.warn(text)
    if args.protocol == 'hoia':
        return _evaluate_hoia(predictions, truth, args)
    return official_report(evaluate_vcoco(truth.gt, predictions.det))


def _convert(args: argparse.Namespace, det: VCOCODetections) -> Report:
    """Write the predictions in another format."""
    write_vcoco_predictions(args.convert, det)
    row = [args.convert, len(np.unique(det.images)), len(det.images)]
    return Report({},
                  tables=[('Converted', ['file', 'images', 'persons'], [row])])


def _for_annotated_images(predictions: VCOCOPredictions,
                          truth: VCOCOAnnotation,
                          args: argparse.Namespace) -> VCOCOPredictions:
    """Predictions for the annotated images, with a warning for the others."""
    det = predictions.det
    listed = np.unique(det.images)
    if predictions.pairs is not None:
        listed = np.unique(predictions.pairs.image_ids)
    det = det.select(np.isin(det.images, truth.image_ids))
    check_coverage(listed, truth.image_ids, len(det.images), args)
    return VCOCOPredictions(det, predictions.pairs)


def _evaluate_hoia(predictions: VCOCOPredictions, truth: VCOCOAnnotation,
                   args: argparse.Namespace) -> Report:
    """Results of the HOIA-style protocol."""
    if predictions.pairs is None:
        raise ValueError(
            f'{args.predictions} does not tell the classes of the objects, '
            'which the protocol hoia compares; give a dump of tools/test.py '
            "--out or JSON lines with `labels` (V-COCO's HOI classes)")
    found = predictions.pairs.align(truth.image_ids)[0]
    if found.top_obj_labels is None and len(found.pairs.images):
        warnings.warn(
            f'{args.predictions} has no `top_obj_labels`, the object class '
            'that the model predicts for the boxes; the class of the best '
            'HOI takes its place, which the original evaluators do not do')
    det, obj_labels = hoia_detections(found.pairs, found.top_obj_labels)
    det = det._replace(images=truth.image_ids[det.images])
    return hoia_report(
        evaluate_vcoco_hoia(truth.interactions, truth.obj_labels, det,
                            obj_labels))


def _annotated_pairs(gt: VCOCOGroundTruth) -> PairArrays:
    """Roles with a box as pairs, to compare pixel origins."""
    boxes = gt.obj_bboxes[:, VERB_ACTIONS[ROLE_VERBS], VERB_ROLES[ROLE_VERBS]]
    persons, columns = np.nonzero(~np.isnan(boxes).any(2))
    return PairArrays(gt.images[persons], ROLE_VERBS[columns],
                      gt.sub_bboxes[persons], boxes[persons, columns])


def _detected_pairs(det: VCOCODetections) -> PairArrays:
    """Filled roles as pairs, to compare pixel origins."""
    filled = np.flatnonzero(~is_no_object(det.obj_bboxes))
    persons = det.role_rows[filled]
    return PairArrays(det.images[persons], det.role_labels[filled],
                      det.sub_bboxes[persons], det.obj_bboxes[filled],
                      det.role_scores[filled])
