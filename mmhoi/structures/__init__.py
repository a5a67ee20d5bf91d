# Copyright (c) mmhoi contributors.
from .hoi_data_sample import HOIDataSample, OptSampleList, SampleList

__all__ = ['HOIDataSample', 'OptSampleList', 'SampleList']
