# Copyright (c) mmhoi contributors.
"""Checkpoints of the official implementations, and ours."""
from .detr import from_detr
from .extras import collect_extras
from .gen_vlkt import from_official_gen_vlkt, to_official_gen_vlkt
from .hoiclip import from_official_hoiclip, to_official_hoiclip

__all__ = [
    'collect_extras', 'from_detr', 'from_official_gen_vlkt',
    'from_official_hoiclip', 'to_official_gen_vlkt', 'to_official_hoiclip'
]
