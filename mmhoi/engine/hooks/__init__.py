# Copyright (c) mmhoi contributors.
from .checkpoint_check_hook import CheckpointCheckHook, CheckpointMismatchError
from .class_check_hook import ClassCheckHook
from .non_finite_check_hook import NonFiniteCheckHook

__all__ = [
    'CheckpointCheckHook', 'CheckpointMismatchError', 'ClassCheckHook',
    'NonFiniteCheckHook'
]
