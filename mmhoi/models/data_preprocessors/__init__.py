# Copyright (c) mmhoi contributors.
from .hoi_data_preprocessor import HOIDataPreprocessor

__all__ = ['HOIDataPreprocessor']
