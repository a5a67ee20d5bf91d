# Copyright (c) mmhoi contributors.
"""Checkpoints of any origin, read as data, and models for them."""
# Whoever imports this package has made mmengine's loaders safe, and what it
# writes whole.
from .class_fit import check_same_classes, keep_known_rows, map_classes
from .class_record import restore_class_files, use_carried_classes
from .config_text import config_of_checkpoint
from .empty_model import build_empty_model, build_model, expected_shapes
from .errors import CheckpointError, CheckpointMismatchError
from .fitting import check_fits
from .loaders import load_from_local
from .reading import read_checkpoint
from .run_folder import RunFolder
from .whole_file_backend import WholeFileBackend
from .wholeness import check_whole
from .writing import write_checkpoint, write_official

__all__ = [
    'CheckpointError', 'CheckpointMismatchError', 'RunFolder',
    'WholeFileBackend', 'build_empty_model', 'build_model', 'check_fits',
    'check_same_classes', 'check_whole', 'config_of_checkpoint',
    'expected_shapes', 'keep_known_rows', 'load_from_local', 'map_classes',
    'read_checkpoint', 'restore_class_files', 'use_carried_classes',
    'write_checkpoint', 'write_official'
]
