# Copyright (c) mmhoi contributors.
from .channels_last_hook import ChannelsLastHook
from .checkpoint_check_hook import CheckpointCheckHook, CheckpointMismatchError
from .class_check_hook import ClassCheckHook
from .non_finite_check_hook import NonFiniteCheckHook

__all__ = [
    'ChannelsLastHook', 'CheckpointCheckHook', 'CheckpointMismatchError',
    'ClassCheckHook', 'NonFiniteCheckHook'
]
