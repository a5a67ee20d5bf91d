# Copyright (c) mmhoi contributors.
from .cdn_head import CDNHead
from .class_reweighting import ClassReweighting, inverse_frequency
from .matching_cost import PairnessCost
from .query_selector import QuerySelector

__all__ = [
    'CDNHead', 'ClassReweighting', 'PairnessCost', 'QuerySelector',
    'inverse_frequency'
]
