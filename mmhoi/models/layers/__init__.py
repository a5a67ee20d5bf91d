# Copyright (c) mmhoi contributors.
from .clip_interaction_decoder import CLIPInteractionDecoder
from .interaction_decoder import InteractionDecoder
from .pair_nms import pair_nms

__all__ = ['CLIPInteractionDecoder', 'pair_nms']
