# Copyright (c) mmhoi contributors.
from .dump_hoi_results import DumpHOIResults
from .hico_det_metric import HICODetMetric
from .hoi_metric import HOIMetric
from .swig_metric import SWIGMetric
from .vcoco_metric import VCOCOMetric

__all__ = [
    'DumpHOIResults', 'HICODetMetric', 'HOIMetric', 'SWIGMetric', 'VCOCOMetric'
]
