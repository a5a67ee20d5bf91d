# Copyright (c) mmhoi contributors.
"""Files of predictions: reading, checking and writing them.

Nothing here needs torch.
"""
from .pair_formats import (PAIR_FORMATS, find_pair_format,
                           read_pair_predictions, write_pair_predictions)
from .safe_pickle import safe_load

__all__ = [
    'PAIR_FORMATS', 'find_pair_format', 'read_pair_predictions', 'safe_load',
    'write_pair_predictions'
]
