# Copyright (c) mmhoi contributors.
"""Files with the boxes that a detector, of whatever program, has found."""
from .categories import read_categories
from .detection_table import Detections, DetectionTable, check_detections
from .dump import write_detections
from .reading import FORMATS, read_detections

__all__ = [
    'DetectionTable', 'Detections', 'FORMATS', 'check_detections',
    'read_categories', 'read_detections', 'write_detections'
]
