# Copyright (c) mmhoi contributors.


class SetupError(ValueError):
    """Parts of a config that do not fit together.

    The tools show its message without a traceback.
    """
