# Copyright (c) mmhoi contributors.
"""Matching against that of official models."""
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.structures import InstanceData
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from mmhoi.models.task_modules.assigners.hoi_match_cost import box_scale
from mmhoi.structures import HOIDataSample
from .report import Report

COSTS, TOTALS = 1e-4, 1e-3


@torch.no_grad()
def match_image(outputs: Dict[str, Tensor], sample: HOIDataSample,
                head: nn.Module) -> Tuple[Tensor, Tensor, Tensor]:
    """Match one image as training does.

    Args:
        outputs (dict[str, Tensor]): One layer's outputs for one image,
            interaction_logits (Q, T) and so on.
        sample (HOIDataSample): With P annotated pairs.
        head (PairHead): With the assigner.

    Returns:
        tuple[Tensor, Tensor, Tensor]: Matched queries, ascending, their pairs
        and the costs (Q, P).
    """
    pairs = sample.gt_hoi_instances
    classifier = head.interaction_classifier
    gt = InstanceData(
        sub_bboxes=pairs.sub_bboxes,
        obj_bboxes=pairs.obj_bboxes,
        obj_labels=pairs.obj_labels,
        interaction_labels=classifier.targets(pairs[classifier.label_field]))
    scale = box_scale(sample.img_shape, outputs['sub_bboxes'])
    pred = InstanceData(
        **{
            name:
            bbox_cxcywh_to_xyxy(value) *
            scale if name.endswith('bboxes') else value
            for name, value in outputs.items()
        })
    meta = sample.metainfo
    costs = sum(cost(pred, gt, meta) for cost in head.assigner.match_costs)
    assigned = head.assigner.assign(pred, gt, meta).gt_inds - 1
    queries = (assigned >= 0).nonzero().flatten()
    return queries, assigned[queries], costs


def check_matching(report: Report, row: str, outputs: Dict[str, Tensor],
                   samples: List[HOIDataSample], head: nn.Module,
                   official: Dict[str, Any]) -> None:
    """Compare the matching of one layer.

    Args:
        report (Report): Takes the comparisons.
        row (str): Start of the rows' names.
        outputs (dict[str, Tensor]): One layer's outputs for the batch.
        samples (list[HOIDataSample]): The images.
        head (PairHead): With the assigner.
        official (dict): `indices` per image and, if stored,
            `cost_matrix_per_image`, `best_and_second_best_total_cost`.
    """
    unknown = set(official) - {
        'indices', 'cost_matrix_per_image', 'best_and_second_best_total_cost'
    }
    for name in sorted(unknown):
        report.not_compared(f'{row} {name}', 'nothing compares it')
    for i, sample in enumerate(samples):
        single = {name: value[i] for name, value in outputs.items()}
        queries, pairs, costs = match_image(single, sample, head)
        theirs = [torch.as_tensor(part) for part in official['indices'][i]]
        order = theirs[0].argsort()
        report.equal(f'{row} indices', torch.stack([queries, pairs]),
                     torch.stack([part[order] for part in theirs]))
        if 'cost_matrix_per_image' in official:
            report.near(f'{row} costs', costs,
                        official['cost_matrix_per_image'][i], COSTS)
        if 'best_and_second_best_total_cost' in official:
            report.near(f'{row} best and second best cost',
                        best_costs(costs.numpy()),
                        official['best_and_second_best_total_cost'][i], TOTALS)


def best_costs(costs: np.ndarray) -> Sequence[float]:
    """Total costs of the best matching and of the best other one.

    Args:
        costs (np.ndarray): Costs (Q, P), Q > P.

    Returns:
        Sequence[float]: Both.

    Examples:
        >>> best_costs(np.array([[1.0], [3.0], [2.0]])).tolist()
        [1.0, 2.0]
    """
    queries, pairs = linear_sum_assignment(costs)
    best = costs[queries, pairs].sum()
    others = []
    # Any other matching lacks one of the best one's pairs.
    for query, pair in zip(queries, pairs):
        without = costs.astype(float)
        without[query, pair] = 1e6
        others.append(without[linear_sum_assignment(without)].sum())
    return np.array([best, min(others, default=best)])
