# Copyright (c) mmhoi contributors.
from mmhoi.utils.import_speed import collector_paused

with collector_paused():
    from .attention import HOIAttention, pair_attention
    from .hoi_inferencer import HOIInferencer
    from .hoi_result import HOIResult
    from .image_reading import ImageReadError, read_image

__all__ = [
    'HOIAttention', 'HOIInferencer', 'HOIResult', 'ImageReadError',
    'pair_attention', 'read_image'
]
