# Copyright (c) mmhoi contributors.
"""Checkpoints of the official implementations, and ours."""
from .conversion import (describe, export_official, import_detr,
                         import_official, model_options)
from .detr import from_detr
from .extras import collect_extras
from .gen_vlkt import from_official_gen_vlkt, to_official_gen_vlkt
from .hoiclip import from_official_hoiclip, to_official_hoiclip

__all__ = [
    'collect_extras', 'describe', 'export_official', 'from_detr',
    'from_official_gen_vlkt', 'from_official_hoiclip', 'import_detr',
    'import_official', 'model_options', 'to_official_gen_vlkt',
    'to_official_hoiclip'
]
