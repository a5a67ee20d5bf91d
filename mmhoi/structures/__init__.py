# Copyright (c) mmhoi contributors.
"""What travels between the parts: data samples, pairs and persons.

The arrays need NumPy only, so that an evaluation starts without torch; what
holds tensors is imported when it is first asked for.
"""
from typing import TYPE_CHECKING

from .pair_arrays import PairArrays
from .pair_predictions import PairPredictions
from .raw_outputs import RawOutputs
from .vcoco_arrays import VCOCODetections, VCOCOGroundTruth

if TYPE_CHECKING:
    from .hoi_data_sample import HOIDataSample, OptSampleList, SampleList
    from .pair_proposals import PairProposals

__all__ = [
    'HOIDataSample', 'OptSampleList', 'PairArrays', 'PairPredictions',
    'PairProposals', 'RawOutputs', 'SampleList', 'VCOCODetections',
    'VCOCOGroundTruth'
]


def __getattr__(name: str) -> object:
    """Names of the modules that need torch."""
    if name not in __all__:
        raise AttributeError(f'module {__name__} has no attribute {name}')
    from . import hoi_data_sample, pair_proposals
    owner = pair_proposals if name == 'PairProposals' else hoi_data_sample
    return getattr(owner, name)
