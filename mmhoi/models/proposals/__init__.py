# Copyright (c) mmhoi contributors.
from .human_object_pairs import HumanObjectPairs, pair_indices
from .instance_selector import InstanceSelector

__all__ = ['HumanObjectPairs', 'InstanceSelector', 'pair_indices']
