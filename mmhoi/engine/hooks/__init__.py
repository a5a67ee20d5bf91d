# Copyright (c) mmhoi contributors.
from .batch_check_hook import BatchCheckHook
from .channels_last_hook import ChannelsLastHook
from .checkpoint_check_hook import (CheckpointCheckHook,
                                    CheckpointMismatchError, check_fits)
from .class_check_hook import ClassCheckHook
from .non_finite_check_hook import NonFiniteCheckHook
from .setup_error import SetupError

__all__ = [
    'BatchCheckHook', 'ChannelsLastHook', 'CheckpointCheckHook',
    'CheckpointMismatchError', 'ClassCheckHook', 'NonFiniteCheckHook',
    'SetupError', 'check_fits'
]
