# Copyright (c) mmhoi contributors.
from .clip_view import CLIPView
from .colorspace import ColorJitter
from .formatting import PackHOIInputs
from .image_loading import LoadHOIImage
from .loading import LoadHOIAnnotations
from .resize import DETRResize

__all__ = [
    'CLIPView', 'ColorJitter', 'DETRResize', 'LoadHOIAnnotations',
    'LoadHOIImage', 'PackHOIInputs'
]
