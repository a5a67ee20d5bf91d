# Copyright (c) mmhoi contributors.
"""Measures as pure functions of NumPy arrays; nothing here needs torch."""
from .average_precision import RECALL_GRIDS, eleven_point_ap
from .hico_det import HICODetResult, evaluate_hico_det, known_object_detections
from .pair_arrays import PairArrays
from .pair_matching import (aligned_inclusive_iou, class_score_order,
                            match_pairs)

__all__ = [
    'HICODetResult', 'PairArrays', 'RECALL_GRIDS', 'aligned_inclusive_iou',
    'class_score_order', 'eleven_point_ap', 'evaluate_hico_det',
    'known_object_detections', 'match_pairs'
]
