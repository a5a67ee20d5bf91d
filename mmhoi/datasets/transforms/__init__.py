# Copyright (c) mmhoi contributors.
from .clip_view import CLIPView
from .colorspace import ColorJitter
from .formatting import PackHOIInputs
from .image_loading import LoadHOIImage
from .load_detections import LoadDetections
from .load_gt_detections import LoadGTDetections
from .loading import LoadHOIAnnotations
from .place_detections import PlaceDetections
from .resize import DETRResize

__all__ = [
    'CLIPView', 'ColorJitter', 'DETRResize', 'LoadDetections',
    'LoadGTDetections', 'LoadHOIAnnotations', 'LoadHOIImage', 'PackHOIInputs',
    'PlaceDetections'
]
