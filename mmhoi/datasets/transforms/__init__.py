# Copyright (c) mmhoi contributors.
from .clip_view import CLIPView
from .colorspace import ColorJitter
from .formatting import PackHOIInputs
from .gt_detections import GTDetections
from .image_loading import LoadHOIImage
from .loading import LoadHOIAnnotations
from .resize import DETRResize

__all__ = [
    'CLIPView', 'ColorJitter', 'DETRResize', 'GTDetections',
    'LoadHOIAnnotations', 'LoadHOIImage', 'PackHOIInputs'
]
