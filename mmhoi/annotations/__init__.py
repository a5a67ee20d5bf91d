# Copyright (c) mmhoi contributors.
"""Annotation files: reading, checking and converting them.

Nothing here needs torch.
"""
from .annotation_report import AnnotationReport
from .hoia_parser import HOIAParser
from .low_data import sample_images

__all__ = ['AnnotationReport', 'HOIAParser', 'sample_images']
