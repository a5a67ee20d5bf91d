# Copyright (c) mmhoi contributors.
from .hico_det_metric import HICODetMetric

__all__ = ['HICODetMetric']
