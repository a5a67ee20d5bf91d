# Copyright (c) mmhoi contributors.
from .image_maps import ImageMaps
from .query_features import QueryInstanceFeatures
from .roi_features import RoIInstanceFeatures

__all__ = ['ImageMaps', 'QueryInstanceFeatures', 'RoIInstanceFeatures']
