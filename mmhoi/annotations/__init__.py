# Copyright (c) mmhoi contributors.
"""Annotation files: reading, checking and converting them.

Nothing here needs torch.
"""
from .annotation_report import AnnotationReport
from .hoia_parser import HOIAParser
from .low_data import sample_images
from .vcoco_conversion import hoia_records, official_ground_truth
from .vcoco_counts import count_vcoco
from .vcoco_official import (COCOInstances, VCOCOLabels, load_coco_instances,
                             load_vcoco_labels)

__all__ = [
    'COCOInstances', 'VCOCOLabels', 'count_vcoco', 'hoia_records',
    'load_coco_instances', 'load_vcoco_labels', 'official_ground_truth',
    'AnnotationReport', 'HOIAParser', 'sample_images'
]
