# Copyright (c) mmhoi contributors.
from .hoi_detector import HOIDetector

__all__ = ['HOIDetector']
