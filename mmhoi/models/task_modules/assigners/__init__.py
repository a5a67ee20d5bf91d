# Copyright (c) mmhoi contributors.
from .hoi_hungarian_assigner import HOIHungarianAssigner
from .hoi_match_cost import (HOIBBoxL1Cost, HOIClassCost, HOIIoUCost,
                             HOIObjectCost)

__all__ = [
    'HOIHungarianAssigner', 'HOIBBoxL1Cost', 'HOIClassCost', 'HOIIoUCost',
    'HOIObjectCost'
]
