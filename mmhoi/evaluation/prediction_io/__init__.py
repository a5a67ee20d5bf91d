# Copyright (c) mmhoi contributors.
"""Files of predictions: reading, checking and writing them.

Nothing here needs torch.
"""
from .hico_formats import (HICO_FORMATS, find_hico_format,
                           read_hico_predictions, write_hico_predictions)
from .safe_pickle import safe_load

__all__ = [
    'HICO_FORMATS', 'find_hico_format', 'read_hico_predictions', 'safe_load',
    'write_hico_predictions'
]
