# Copyright (c) mmhoi contributors.
from .hoi_hungarian_assigner import HOIHungarianAssigner
from .hoi_match_cost import (HOIBBoxL1Cost, HOIClassCost, HOIIoUCost,
                             HOIObjectCost)
from .pair_iou_assigner import PairIoUAssigner

__all__ = [
    'HOIHungarianAssigner', 'HOIBBoxL1Cost', 'HOIClassCost', 'HOIIoUCost',
    'HOIObjectCost', 'PairIoUAssigner'
]
