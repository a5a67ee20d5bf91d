# Copyright (c) mmhoi contributors.
"""Measures as pure functions of NumPy arrays; nothing here needs torch."""
from .average_precision import RECALL_GRIDS, area_ap, eleven_point_ap
from .hico_det import HICODetResult, evaluate_hico_det, known_object_detections
from .pair_arrays import PairArrays
from .pair_matching import (aligned_inclusive_iou, class_score_order,
                            match_pairs)
from .vcoco import VCOCOResult, evaluate_vcoco
from .vcoco_arrays import VCOCODetections, VCOCOGroundTruth
from .vcoco_hoia import VCOCOHOIAResult, evaluate_vcoco_hoia
from .vcoco_matching import match_agents, match_roles

__all__ = [
    'VCOCODetections', 'VCOCOGroundTruth', 'VCOCOHOIAResult', 'VCOCOResult',
    'area_ap', 'evaluate_vcoco', 'evaluate_vcoco_hoia', 'match_agents',
    'match_roles', 'HICODetResult', 'PairArrays', 'RECALL_GRIDS',
    'aligned_inclusive_iou', 'class_score_order', 'eleven_point_ap',
    'evaluate_hico_det', 'known_object_detections', 'match_pairs'
]
