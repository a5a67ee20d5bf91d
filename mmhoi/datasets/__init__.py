# Copyright (c) mmhoi contributors.
from .concat import ConcatDataset
from .custom_hoi import CustomHOIDataset
from .hico_det import HICODetDataset
from .hoi_dataset import HOIDataset
from .object_image_sampler import ObjectImageSampler
from .object_images import ObjectImages
from .pair_regions import PairRegions
from .swig import SWIGHOIDataset
from .synhico import SynHICODataset
from .transforms import *  # noqa: F401,F403
from .vcoco import VCOCODataset

__all__ = [
    'ConcatDataset', 'CustomHOIDataset', 'HICODetDataset', 'HOIDataset',
    'ObjectImageSampler', 'ObjectImages', 'PairRegions', 'SWIGHOIDataset',
    'SynHICODataset', 'VCOCODataset'
]
