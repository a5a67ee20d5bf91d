# Copyright (c) mmhoi contributors.
from .cascade_interaction_decoder import CascadeInteractionDecoder
from .clip_interaction_decoder import CLIPInteractionDecoder
from .dropout_attention import dropout_attention
from .interaction_decoder import InteractionDecoder
from .keep_mask import random_keep_mask
from .lean_attention import LeanMultiheadAttention, use_lean_attention
from .lean_dropout import LeanDropout, use_lean_dropout
from .pair_nms import pair_nms
from .soft_pair_nms import soft_pair_nms

__all__ = [
    'CLIPInteractionDecoder', 'CascadeInteractionDecoder',
    'InteractionDecoder', 'LeanDropout', 'LeanMultiheadAttention',
    'dropout_attention', 'pair_nms', 'random_keep_mask', 'soft_pair_nms',
    'use_lean_attention', 'use_lean_dropout'
]
