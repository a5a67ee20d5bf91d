# Copyright (c) mmhoi contributors.
"""Measures as pure functions of NumPy arrays; nothing here needs torch."""
from .average_precision import RECALL_GRIDS, area_ap, eleven_point_ap
from .error_analysis import ERRORS, ErrorAnalysis, analyze_errors
from .hico_det import (HICODetResult, check_pairs, evaluate_hico_det,
                       evaluate_hico_det_settings, known_object_detections)
from .iou_thresholds import COCO_IOU_THRS, ap_at_iou_thresholds
from .pair_arrays import PairArrays
from .pair_matching import (aligned_inclusive_iou, best_annotations,
                            class_score_order, first_hits, image_rows,
                            match_pairs, pair_overlaps)
from .pair_nms import nms_pairs
from .pair_selection import (best_of_image, select_pairs, top_combinations,
                             top_pairs)
from .python_protocols import (PYTHON_PROTOCOLS, PythonProtocolResult,
                               evaluate_hico_det_python, repeat_first_of_ties)
from .raw_outputs import RawOutputs
from .size_ranges import SIZE_RANGES, SizeRangeAP, ap_by_size
from .vcoco import VCOCOResult, evaluate_vcoco
from .vcoco_arrays import VCOCODetections, VCOCOGroundTruth
from .vcoco_hoia import VCOCOHOIAResult, evaluate_vcoco_hoia, hoia_detections
from .vcoco_matching import match_agents, match_roles

__all__ = [
    'COCO_IOU_THRS', 'ERRORS', 'ErrorAnalysis', 'HICODetResult',
    'PYTHON_PROTOCOLS', 'PairArrays', 'PythonProtocolResult', 'RECALL_GRIDS',
    'RawOutputs', 'SIZE_RANGES', 'SizeRangeAP', 'VCOCODetections',
    'VCOCOGroundTruth', 'VCOCOHOIAResult', 'VCOCOResult',
    'aligned_inclusive_iou', 'analyze_errors', 'ap_at_iou_thresholds',
    'ap_by_size', 'area_ap', 'best_annotations', 'best_of_image',
    'check_pairs', 'class_score_order', 'eleven_point_ap', 'evaluate_hico_det',
    'evaluate_hico_det_python', 'evaluate_hico_det_settings', 'evaluate_vcoco',
    'evaluate_vcoco_hoia', 'first_hits', 'hoia_detections', 'image_rows',
    'known_object_detections', 'match_agents', 'match_pairs', 'match_roles',
    'nms_pairs', 'pair_overlaps', 'repeat_first_of_ties', 'select_pairs',
    'top_combinations', 'top_pairs'
]
