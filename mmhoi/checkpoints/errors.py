# Copyright (c) mmhoi contributors.


class CheckpointError(ValueError):
    """A checkpoint that cannot be read or used.

    The tools show its message without a traceback.
    """


class CheckpointMismatchError(CheckpointError):
    """A checkpoint that does not belong to the model."""
