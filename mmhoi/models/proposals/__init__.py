# Copyright (c) mmhoi contributors.
from .human_object_pairs import HumanObjectPairs, pair_indices
from .instance_selector import InstanceSelector
from .jitter_pairs import JitterPairSampler

__all__ = [
    'HumanObjectPairs', 'InstanceSelector', 'JitterPairSampler', 'pair_indices'
]
