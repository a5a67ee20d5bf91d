# Copyright (c) mmhoi contributors.
from .official_keys import from_detr, from_official_hoiclip

__all__ = ['from_detr', 'from_official_hoiclip']
