# Copyright (c) mmhoi contributors.
"""What the official HICO-DET program does not measure, on request."""
import argparse
from typing import Dict, List

import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays
from .functional.error_analysis import ERRORS, analyze_errors
from .functional.iou_thresholds import COCO_IOU_THRS, ap_at_iou_thresholds
from .functional.size_ranges import ap_by_size
from .report import Report


def add_arguments(group: argparse.ArgumentParser) -> None:
    """Add the options that ask for the extras.

    Args:
        group (argparse.ArgumentParser): Parser or group of a parser.
    """
    group.add_argument(
        '--iou-thrs',
        type=float,
        nargs='*',
        metavar='IOU',
        help='also report mAP at these overlaps; without a value from 0.5 to '
        '0.95 in steps of 0.05, as COCO does')
    group.add_argument(
        '--sizes',
        action='store_true',
        help='also report mAP by the size of the human and of the object')
    group.add_argument(
        '--errors',
        action='store_true',
        help='also split the lost mAP into kinds of errors: wrong box, '
        'object or verb, duplicate, background, missed')


def add_extras(report: Report, gt: PairArrays, det: PairArrays,
               subsets: Dict[str,
                             np.ndarray], args: argparse.Namespace) -> Report:
    """Report with the extras that were asked for, Default setting.

    Args:
        report (Report): Official report.
        gt (PairArrays): G annotated pairs.
        det (PairArrays): M detections, with scores.
        subsets (dict[str, np.ndarray]): HOI ids of each mean.
        args (argparse.Namespace): Parsed arguments.

    Returns:
        Report: With `iou`, `sizes` and `errors` among the figures, a table
        for each and, for the errors, further columns of the rows.
    """
    hoi_objects = load_label_space('hico_det').hoi_objects
    if args.iou_thrs is not None:
        report = _with_overlaps(report, gt, det, subsets, args)
    if args.sizes:
        report = _with_sizes(report, gt, det, len(hoi_objects),
                             args.recall_grid)
    if args.errors:
        report = _with_errors(report, gt, det, hoi_objects, args.recall_grid)
    return report


def _with_overlaps(report: Report, gt: PairArrays, det: PairArrays,
                   subsets: Dict[str, np.ndarray],
                   args: argparse.Namespace) -> Report:
    """Report with mAP at other overlaps."""
    iou_thrs = args.iou_thrs or COCO_IOU_THRS
    outside = [iou_thr for iou_thr in iou_thrs if not 0 < iou_thr <= 1]
    if outside:
        raise ValueError(f'--iou-thrs {outside[0]} is not an overlap in '
                         '(0, 1]')
    aps = ap_at_iou_thresholds(gt, det, len(subsets['full']), iou_thrs,
                               args.recall_grid)
    aps = np.vstack((aps, aps.mean(0)))
    names = [*(f'{iou_thr:g}' for iou_thr in iou_thrs), 'mean']
    means = {
        name: {
            subset: float(ap[hoi_ids].mean())
            for subset, hoi_ids in subsets.items()
        }
        for name, ap in zip(names, aps)
    }
    rows = [[subset, *(_percent(means[name][subset]) for name in names)]
            for subset in subsets]
    return _extend(report, 'iou', means, 'Default at other overlaps, mAP in %',
                   ['classes', *names], rows)


def _with_sizes(report: Report, gt: PairArrays, det: PairArrays, num_hois: int,
                recall_grid: str) -> Report:
    """Report with mAP by the size of either box."""
    figures: Dict[str, Dict[str, float]] = {}
    rows = []
    for box, title in (('sub', 'human'), ('obj', 'object')):
        figures[box] = {}
        for name, result in ap_by_size(gt, det, box, num_hois,
                                       recall_grid).items():
            annotated = result.ap[result.num_gt > 0]
            mean = annotated.mean() if len(annotated) else float('nan')
            figures[box][name] = float(mean)
            rows.append([
                f'{name} {title}',
                len(annotated),
                result.num_gt.sum(),
                _percent(mean)
            ])
    return _extend(report, 'sizes', figures,
                   'Default by size, mean over annotated classes, in %',
                   ['pairs with', 'classes', 'pairs', 'mAP'], rows)


def _with_errors(report: Report, gt: PairArrays, det: PairArrays,
                 hoi_objects: np.ndarray, recall_grid: str) -> Report:
    """Report with the parts of the lost mAP."""
    errors = analyze_errors(gt, det, hoi_objects, recall_grid=recall_grid)
    annotated = ~np.isnan(errors.ap)
    lost = {
        kind: float(errors.lost_ap[kind][annotated].mean())
        for kind in ERRORS if annotated.any()
    }
    counts = {kind: int(errors.counts[kind].sum()) for kind in ERRORS}
    shares = errors.shares(np.arange(len(hoi_objects)))
    rows = [[
        kind, counts[kind],
        _percent(lost.get(kind, np.nan)),
        _percent(shares[kind])
    ] for kind in ERRORS]
    report = _extend(report, 'errors',
                     dict(lost_ap=lost, shares=shares, counts=counts),
                     'What the mAP of annotated classes loses, in %',
                     ['error', 'number', 'mAP', 'share'], rows)
    with_lost = [
        dict(row,
             **{f'lost_{kind}': errors.lost_ap[kind][hoi]
                for kind in ERRORS}) for hoi, row in enumerate(report.rows)
    ]
    return Report(report.figures, with_lost, report.tables, report.plot_axes)


def _extend(report: Report, key: str, figures: dict, title: str,
            header: List[str], rows: List[list]) -> Report:
    """Report with further figures and their table."""
    return Report({
        **report.figures, key: figures
    }, report.rows, [*report.tables, (title, header, rows)], report.plot_axes)


def _percent(fraction: float) -> str:
    """A fraction as text."""
    return f'{100 * fraction:.2f}'
