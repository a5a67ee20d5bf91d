# Copyright (c) mmhoi contributors.
from .clip_interaction_decoder import CLIPInteractionDecoder
from .interaction_decoder import InteractionDecoder
from .lean_attention import LeanMultiheadAttention, use_lean_attention
from .pair_nms import pair_nms

__all__ = [
    'CLIPInteractionDecoder', 'InteractionDecoder', 'LeanMultiheadAttention',
    'pair_nms', 'use_lean_attention'
]
