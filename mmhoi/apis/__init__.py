# Copyright (c) mmhoi contributors.
from .hoi_inferencer import HOIInferencer, HOIResult
from .image_reading import ImageReadError, read_image

__all__ = ['HOIInferencer', 'HOIResult', 'ImageReadError', 'read_image']
