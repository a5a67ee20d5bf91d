# Copyright (c) mmhoi contributors.
"""Images as people send them: any mode, any orientation, maybe damaged."""
from mmhoi.utils.image_decoding import ImageReadError
from mmhoi.utils.image_reading import read_image

__all__ = ['ImageReadError', 'read_image']
