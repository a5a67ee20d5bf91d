# Copyright (c) mmhoi contributors.
"""Results on HICO-DET as a report."""
from typing import Any, Dict, List

import numpy as np

from mmhoi.label_spaces import load_label_space
from .functional.hico_det import HICODetResult
from .functional.python_protocols import PythonProtocolResult
from .report import Report

Subsets = Dict[str, np.ndarray]
TITLES = dict(default='Default', known_object='Known Object')
HEADER = ['classes', 'number', 'annotated', 'pairs', 'mAP', 'recall']


def official_report(results: Dict[str, HICODetResult],
                    subsets: Subsets) -> Report:
    """Report of the official protocol.

    Args:
        results (dict[str, HICODetResult]): Results of `default` and perhaps
            `known_object`.
        subsets (dict[str, np.ndarray]): HOI ids of `full`, `rare`,
            `non_rare` and perhaps `unseen` and `seen`.

    Returns:
        Report: Figures of each setting, a row for each class.
    """
    figures: Dict[str, Any] = {}
    per_class: Dict[str, np.ndarray] = {}
    tables = []
    for name, result in results.items():
        figures[name] = {
            subset: result.mean_ap(hoi_ids)
            for subset, hoi_ids in subsets.items()
        }
        figures[name]['recall'] = result.mean_recall(subsets['full'])
        per_class[f'ap_{name}'] = result.ap
        per_class[f'recall_{name}'] = result.recall
        tables.append((f'{TITLES[name]}, in %', HEADER, [
            _row(subset, hoi_ids, result)
            for subset, hoi_ids in subsets.items()
        ]))
    counts = dict(
        num_gt=results['default'].num_gt, num_det=results['default'].num_det)
    figures['per_class'] = {**per_class, **counts}
    return Report(figures, _class_rows(figures['per_class'], subsets), tables,
                  ('num_train', 'ap_default'))


def python_report(result: PythonProtocolResult, subsets: Subsets) -> Report:
    """Report of what a published Python evaluator prints.

    Args:
        result (PythonProtocolResult): Its results.
        subsets (dict[str, np.ndarray]): HOI ids of each mean.

    Returns:
        Report: Figures of the Default setting, the only one they have.
    """
    means = {
        name: result.full() if name == 'full' else result.subset(hoi_ids)
        for name, hoi_ids in subsets.items()
    }
    per_class = dict(
        ap_default=result.ap,
        recall_default=result.recall,
        num_gt=result.num_gt,
        num_det=result.num_det)
    rows = [[name, len(subsets[name]), f'{100 * mean:.2f}']
            for name, mean in means.items()]
    figures = dict(
        protocol=result.protocol,
        default={
            **means, 'recall': result.max_recall()
        },
        per_class=per_class)
    return Report(figures, _class_rows(per_class, subsets),
                  [(f'Default, as {result.protocol} prints it, in %',
                    ['classes', 'number', 'mAP'], rows)],
                  ('num_train', 'ap_default'))


def _row(name: str, hoi_ids: np.ndarray, result: HICODetResult) -> List:
    """Line of a table."""
    num_gt = result.num_gt[hoi_ids]
    return [
        name,
        len(hoi_ids), (num_gt > 0).sum(),
        num_gt.sum(), f'{100 * result.mean_ap(hoi_ids):.2f}',
        f'{100 * result.mean_recall(hoi_ids):.2f}'
    ]


def _class_rows(per_class: Dict[str, np.ndarray],
                subsets: Subsets) -> List[Dict[str, Any]]:
    """One dict per class: names, subsets, counts and results."""
    space = load_label_space('hico_det')
    members = {
        name: np.isin(np.arange(len(space.hois)), hoi_ids).astype(int)
        for name, hoi_ids in subsets.items() if name in ('rare', 'unseen')
    }
    columns = dict(
        hoi_id=np.arange(len(space.hois)),
        hoi=np.array(space.hois),
        **members,
        num_train=space.num_train,
        **per_class)
    return [
        dict(zip(columns, row))
        for row in zip(*(values.tolist() for values in columns.values()))
    ]
