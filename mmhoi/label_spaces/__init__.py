# Copyright (c) mmhoi contributors.
"""Tables of facts: objects, verbs, HOIs and zero-shot splits.

Nothing here needs torch, so that an evaluation starts fast.
"""
from .class_frequencies import object_counts, verb_counts
from .class_names import ClassNames
from .known_object import hico_det_test_image_ids, known_object_images
from .label_space import ANY_OBJECT, METAINFO_DIR, RARE_BELOW, LabelSpace
from .loading import (LABEL_SPACES, LabelSpaceSource, load_label_space,
                      names_file)
from .official_vcoco import official_vcoco_table
from .split_key import split_key
from .splits import seen_hois, unseen_hois, zero_shot_split_names

__all__ = [
    'ANY_OBJECT', 'ClassNames', 'LABEL_SPACES', 'LabelSpace',
    'LabelSpaceSource', 'METAINFO_DIR', 'RARE_BELOW',
    'hico_det_test_image_ids', 'known_object_images', 'load_label_space',
    'names_file', 'object_counts', 'official_vcoco_table', 'seen_hois',
    'split_key', 'unseen_hois', 'verb_counts', 'zero_shot_split_names'
]
