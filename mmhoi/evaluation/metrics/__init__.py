# Copyright (c) mmhoi contributors.
from .dump_hoi_results import DumpHOIResults
from .hico_det_metric import HICODetMetric
from .hoi_metric import HOIMetric
from .vcoco_metric import VCOCOMetric

__all__ = ['DumpHOIResults', 'HICODetMetric', 'HOIMetric', 'VCOCOMetric']
