# Copyright (c) mmhoi contributors.
from .hico_det import HICODetDataset
from .hoi_dataset import HOIDataset
from .label_space import LabelSpace, load_label_space
from .splits import seen_hois, unseen_hois, zero_shot_split_names
from .synhico import SynHICODataset
from .transforms import *  # noqa: F401,F403
from .vcoco import VCOCODataset

__all__ = [
    'HICODetDataset', 'HOIDataset', 'LabelSpace', 'SynHICODataset',
    'VCOCODataset', 'load_label_space', 'seen_hois', 'unseen_hois',
    'zero_shot_split_names'
]
