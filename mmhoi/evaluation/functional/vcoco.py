# Copyright (c) mmhoi contributors.
"""The official V-COCO evaluation on plain arrays."""
from dataclasses import dataclass

import numpy as np

from mmhoi.label_spaces.vcoco_roles import (PAPER_VERBS, ROLE_VERBS,
                                            VCOCO_VERBS, VERB_ACTIONS)
from mmhoi.structures import VCOCODetections, VCOCOGroundTruth
from .average_precision import area_ap
from .pair_matching import class_score_order
from .vcoco_matching import SCENARIOS, match_agents, match_roles


@dataclass(frozen=True)
class VCOCOResult:
    """Average precisions in 0..1.

    A class that no person does, which the official program cannot evaluate,
    is NaN and left out of the means.

    Attributes:
        scenario_1 (np.ndarray): AP of each verb-role class if a role without
            annotated object asks for "no object", NaN for verbs without
            role, shape (29, ).
        scenario_2 (np.ndarray): Likewise if anything fills such a role.
        agent (np.ndarray): AP of each action of a person, shape (26, ).
        num_gt (np.ndarray): Persons that do each action, shape (26, ).
        num_det (np.ndarray): Scored roles, shape (29, ).
    """
    scenario_1: np.ndarray
    scenario_2: np.ndarray
    agent: np.ndarray
    num_gt: np.ndarray
    num_det: np.ndarray

    def mean_role_ap(self, scenario: int, with_point: bool = False) -> float:
        """Mean AP of the roles.

        Args:
            scenario (int): 1 or 2.
            with_point (bool): Over all 25 roles as the official program
                prints, instead of 24 without `point_instr` as papers report.
                Defaults to False.

        Returns:
            float: In 0..1, NaN if no class is annotated.
        """
        ap = self.scenario_1 if scenario == 1 else self.scenario_2
        return mean_of_known(ap[ROLE_VERBS if with_point else PAPER_VERBS])

    def mean_agent_ap(self) -> float:
        """Mean AP of the 26 actions, in 0..1."""
        return mean_of_known(self.agent)


def evaluate_vcoco(gt: VCOCOGroundTruth, det: VCOCODetections) -> VCOCOResult:
    """Evaluate detections as the official V-COCO program does.

    Detections with equal score are ranked by their position. In an image
    without annotated person, which the official program cannot evaluate,
    every detection is false.

    Args:
        gt (VCOCOGroundTruth): Q annotated persons.
        det (VCOCODetections): M detected persons.

    Returns:
        VCOCOResult: Average precisions of both scenarios and of agents.

    Raises:
        ValueError: If a score or the box of a person is not finite.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]], np.float32)
        >>> gt = VCOCOGroundTruth(
        ...     np.array([7]), box, np.eye(1, 26, dtype=np.int8),
        ...     np.full((1, 26, 2, 4), np.nan, np.float32))
        >>> zero = np.array([0])
        >>> det = VCOCODetections(np.array([7]), box, zero, zero,
        ...                       np.array([.9]), zero, zero, box,
        ...                       np.array([.9]))
        >>> result = evaluate_vcoco(gt, det)
        >>> result.mean_role_ap(1), result.mean_role_ap(2)
        (0.0, 1.0)
    """
    _check_finite(det)
    num_gt = gt.num_positives
    by_verb = num_gt[VERB_ACTIONS].astype(float)
    ap_of_scenario = []
    for scenario in SCENARIOS:
        flags = match_roles(gt, det, scenario)
        ap = _counted_ap(flags, det.role_labels, det.role_scores, by_verb)
        ap[np.setdiff1d(np.arange(len(VCOCO_VERBS)), ROLE_VERBS)] = np.nan
        ap_of_scenario.append(ap)
    return VCOCOResult(
        *ap_of_scenario,
        agent=_counted_ap(
            match_agents(gt, det), det.agent_labels, det.agent_scores, num_gt),
        num_gt=num_gt,
        num_det=np.bincount(det.role_labels, minlength=len(VCOCO_VERBS)))


def mean_of_known(values: np.ndarray) -> float:
    """Mean of the values that are not NaN as a float, NaN of none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float('nan')


def _counted_ap(flags: np.ndarray, labels: np.ndarray, scores: np.ndarray,
                num_gt: np.ndarray) -> np.ndarray:
    """AP of each class from detections that are not ignored (flag -1)."""
    counted = np.flatnonzero(flags >= 0)
    order = counted[class_score_order(labels[counted], scores[counted])]
    return area_ap(labels[order], flags[order] == 1, num_gt)


def _check_finite(det: VCOCODetections) -> None:
    """Raise ValueError at the first value that cannot be ranked."""
    for name, rows in (('sub_bboxes', np.arange(len(det.images))),
                       ('agent_scores', det.agent_rows), ('role_scores',
                                                          det.role_rows)):
        values = getattr(det, name)
        if not np.isfinite(values).all():
            index = np.argwhere(~np.isfinite(values))[0][0]
            raise ValueError(
                f'{name}[{index}] of image {det.images[rows[index]]} is not '
                f'finite: {values[index]}; leave out what is not predicted, '
                'or has the model diverged?')
