# Copyright (c) mmhoi contributors.
from .detection_pairs import DetectionPairs
from .human_object_pairs import HumanObjectPairs, pair_indices
from .instance_selector import InstanceSelector, usable_boxes
from .iou_pairs import IoUPairSampler
from .jitter_pairs import JitterPairSampler
from .object_image_pairs import ObjectImagePairSampler

__all__ = [
    'DetectionPairs', 'HumanObjectPairs', 'IoUPairSampler', 'InstanceSelector',
    'JitterPairSampler', 'ObjectImagePairSampler', 'pair_indices',
    'usable_boxes'
]
