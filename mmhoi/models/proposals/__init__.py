# Copyright (c) mmhoi contributors.
from .human_object_pairs import HumanObjectPairs, pair_indices
from .instance_selector import InstanceSelector
from .jitter_pairs import JitterPairSampler
from .object_image_pairs import ObjectImagePairSampler

__all__ = [
    'HumanObjectPairs', 'InstanceSelector', 'JitterPairSampler',
    'ObjectImagePairSampler', 'pair_indices'
]
