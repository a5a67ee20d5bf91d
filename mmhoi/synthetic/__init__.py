# Copyright (c) mmhoi contributors.
"""SynHICO: a renderer of labelled scenes in the label space of HICO-DET.

Needs only numpy and OpenCV, so that data can be made without a deep
learning framework.
"""
from .contact_sheet import contact_sheet
from .planning import image_rng, plan_split
from .scene import Scene, SceneRenderer
from .vocabulary import (HOIClass, Vocabulary, all_labels, load_vocabulary,
                         sample_hoi_ids)
from .writer import is_complete, scene_to_entry, write_synhico

__all__ = [
    'HOIClass', 'Scene', 'SceneRenderer', 'Vocabulary', 'all_labels',
    'contact_sheet', 'image_rng', 'is_complete', 'load_vocabulary',
    'plan_split', 'sample_hoi_ids', 'scene_to_entry', 'write_synhico'
]
