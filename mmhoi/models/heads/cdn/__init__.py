# Copyright (c) mmhoi contributors.
from .cdn_head import CDNHead
from .class_reweighting import ClassReweighting, inverse_frequency
from .matching_cost import PairnessCost

__all__ = ['CDNHead', 'ClassReweighting', 'PairnessCost', 'inverse_frequency']
