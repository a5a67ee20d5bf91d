# Copyright (c) mmhoi contributors.
from .hico_det import HICODetDataset
from .hoi_dataset import HOIDataset
from .swig import SWIGHOIDataset
from .synhico import SynHICODataset
from .transforms import *  # noqa: F401,F403
from .vcoco import VCOCODataset

__all__ = [
    'HICODetDataset', 'HOIDataset', 'SWIGHOIDataset', 'SynHICODataset',
    'VCOCODataset'
]
