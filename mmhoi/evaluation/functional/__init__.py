# Copyright (c) mmhoi contributors.
"""Measures as pure functions of NumPy arrays; nothing here needs torch."""
from .average_precision import RECALL_GRIDS, area_ap, eleven_point_ap
from .error_analysis import ERRORS, ErrorAnalysis, analyze_errors
from .hico_det import (HICODetResult, check_pairs, evaluate_hico_det,
                       evaluate_hico_det_settings, known_object_detections)
from .iou_thresholds import COCO_IOU_THRS, ap_at_iou_thresholds
from .pair_matching import (best_annotations, class_score_order, first_hits,
                            image_rows, match_pairs, pair_overlaps)
from .python_protocols import (PYTHON_PROTOCOLS, PythonProtocolResult,
                               evaluate_hico_det_python, repeat_first_of_ties)
from .size_ranges import SIZE_RANGES, SizeRangeAP, ap_by_size
from .vcoco import VCOCOResult, evaluate_vcoco
from .vcoco_hoia import VCOCOHOIAResult, evaluate_vcoco_hoia, hoia_detections
from .vcoco_matching import match_agents, match_roles

__all__ = [
    'COCO_IOU_THRS', 'ERRORS', 'ErrorAnalysis', 'HICODetResult',
    'PYTHON_PROTOCOLS', 'PythonProtocolResult', 'RECALL_GRIDS', 'SIZE_RANGES',
    'SizeRangeAP', 'VCOCOHOIAResult', 'VCOCOResult', 'analyze_errors',
    'ap_at_iou_thresholds', 'ap_by_size', 'area_ap', 'best_annotations',
    'check_pairs', 'class_score_order', 'eleven_point_ap', 'evaluate_hico_det',
    'evaluate_hico_det_python', 'evaluate_hico_det_settings', 'evaluate_vcoco',
    'evaluate_vcoco_hoia', 'first_hits', 'hoia_detections', 'image_rows',
    'known_object_detections', 'match_agents', 'match_pairs', 'match_roles',
    'pair_overlaps', 'repeat_first_of_ties'
]
