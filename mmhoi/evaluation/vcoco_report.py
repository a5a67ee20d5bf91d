# Copyright (c) mmhoi contributors.
"""Results on V-COCO as a report."""
from typing import Any, Dict, List

import numpy as np

from mmhoi.label_spaces.vcoco_roles import (ROLE_VERBS, VCOCO_ACTIONS,
                                            VCOCO_VERBS, VERB_ACTIONS)
from .functional.vcoco import VCOCOResult
from .functional.vcoco_hoia import VCOCOHOIAResult
from .report import Report


def official_report(result: VCOCOResult) -> Report:
    """Report of the official protocol.

    Args:
        result (VCOCOResult): The results.

    Returns:
        Report: Figures `scenario_1` and `scenario_2`, each with `mean` (24
        roles), `mean_25` and `per_role`, and `agent` with `mean` and
        `per_action`; a row for each of the 29 verb-role classes.
    """
    figures: Dict[str, Any] = {}
    means: List[list] = []
    for scenario in (1, 2):
        ap = getattr(result, f'scenario_{scenario}')
        mean, mean_25 = (
            result.mean_role_ap(scenario, with_point)
            for with_point in (False, True))
        figures[f'scenario_{scenario}'] = dict(
            mean=mean,
            mean_25=mean_25,
            per_role={VCOCO_VERBS[v]: float(ap[v])
                      for v in ROLE_VERBS})
        means.append(
            [f'AP_role, scenario {scenario}',
             points(mean),
             points(mean_25)])
    figures['agent'] = dict(
        mean=result.mean_agent_ap(),
        per_action=dict(zip(VCOCO_ACTIONS, result.agent.tolist())))
    means.append(['AP_agent (26 actions)', points(result.mean_agent_ap()), ''])
    rows = [
        dict(
            verb=name,
            action=VCOCO_ACTIONS[action],
            num_gt=int(result.num_gt[action]),
            num_det=int(result.num_det[verb]),
            ap_scenario_1=float(result.scenario_1[verb]),
            ap_scenario_2=float(result.scenario_2[verb]),
            ap_agent=float(result.agent[action]))
        for verb, (name, action) in enumerate(zip(VCOCO_VERBS, VERB_ACTIONS))
    ]
    tables = [('V-COCO', ['measure', '24 roles',
                          '25 roles, with point'], means),
              ('Roles', [
                  'role', 'persons', 'detections', 'scenario 1', 'scenario 2',
                  'agent'
              ], [[
                  row['verb'], row['num_gt'], row['num_det'],
                  points(row['ap_scenario_1']),
                  points(row['ap_scenario_2']),
                  points(row['ap_agent'])
              ] for row in rows])]
    return Report(figures, rows, tables, ('num_gt', 'ap_scenario_1'))


def hoia_report(result: VCOCOHOIAResult) -> Report:
    """Report of the HOIA-style protocol.

    Args:
        result (VCOCOHOIAResult): The results.

    Returns:
        Report: Figures `hoia` with `mAP_all`, `mAP_thesis` and `per_class`; a
        row for each of the 29 verb-role classes.
    """
    means = result.means()
    rows = [
        dict(
            verb=name, num_gt=int(num_gt), num_det=int(num_det),
            ap=float(ap)) for name, num_gt, num_det, ap in zip(
                VCOCO_VERBS, result.num_gt, result.num_det, result.ap)
    ]
    return Report(
        dict(
            hoia=dict(
                means, per_class={row['verb']: row['ap']
                                  for row in rows})), rows,
        [('V-COCO, protocol hoia', ['classes', 'mAP'], [[
            'all 29', points(means['mAP_all'])
        ], ['thesis 24', points(means['mAP_thesis'])]])], ('num_gt', 'ap'))


def points(value: float) -> str:
    """A fraction in points, '' for NaN.

    Examples:
        >>> points(.5), points(float('nan'))
        ('50.00', '')
    """
    return '' if np.isnan(value) else f'{100 * value:.2f}'
