# Copyright (c) mmhoi contributors.
from .hoi_data_sample import HOIDataSample, OptSampleList, SampleList
from .pair_proposals import PairProposals

__all__ = ['HOIDataSample', 'OptSampleList', 'PairProposals', 'SampleList']
