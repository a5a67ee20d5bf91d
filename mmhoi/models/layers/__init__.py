# Copyright (c) mmhoi contributors.
from .clip_interaction_decoder import CLIPInteractionDecoder

__all__ = ['CLIPInteractionDecoder']
