# Copyright (c) mmhoi contributors.
from .float32_forward import float32_forward
from .official_keys import from_detr, from_official_hoiclip

__all__ = ['float32_forward', 'from_detr', 'from_official_hoiclip']
