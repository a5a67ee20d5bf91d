# Copyright (c) mmhoi contributors.
from .box_positions import BoxPositions, box_positions
from .key_encoder import KeyEncoder
from .modality_fusion import ModalityFusion
from .pair_decoder import PairDecoderLayer
from .pvic_head import PViCHead
from .unary_encoder import UnaryEncoderLayer

__all__ = [
    'BoxPositions', 'KeyEncoder', 'ModalityFusion', 'PViCHead',
    'PairDecoderLayer', 'UnaryEncoderLayer', 'box_positions'
]
