# Copyright (c) mmhoi contributors.
"""Files of predictions: reading, checking and writing them.

Nothing here needs torch.
"""
from .safe_pickle import safe_load

__all__ = ['safe_load']
