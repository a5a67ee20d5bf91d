# Copyright (c) mmhoi contributors.
"""Checkpoints of any origin, read as data, and models for them."""
# Whoever imports this package has made mmengine's loaders safe.
from .config_text import config_of_checkpoint
from .empty_model import build_empty_model, build_model, expected_shapes
from .errors import CheckpointError, CheckpointMismatchError
from .fitting import check_fits
from .loaders import load_from_local
from .reading import read_checkpoint
from .writing import write_checkpoint, write_official

__all__ = [
    'CheckpointError', 'CheckpointMismatchError', 'build_empty_model',
    'build_model', 'check_fits', 'config_of_checkpoint', 'expected_shapes',
    'load_from_local', 'read_checkpoint', 'write_checkpoint', 'write_official'
]
