# Copyright (c) mmhoi contributors.
from .epoch_loop import EpochBasedTrainLoop
from .iter_loop import IterBasedTrainLoop

__all__ = ['EpochBasedTrainLoop', 'IterBasedTrainLoop']
