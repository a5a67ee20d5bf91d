# Copyright (c) mmhoi contributors.
from .image_maps import ImageMaps
from .pair_roi_features import PairCrops, PairRoIFeatures
from .query_features import QueryInstanceFeatures
from .roi_features import RoIInstanceFeatures

__all__ = [
    'ImageMaps', 'PairCrops', 'PairRoIFeatures', 'QueryInstanceFeatures',
    'RoIInstanceFeatures'
]
