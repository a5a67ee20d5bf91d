# Copyright (c) mmhoi contributors.
"""Progress bars, on terminals only."""
from typing import Any

import tqdm as tqdm_package


class tqdm(tqdm_package.tqdm):
    """tqdm's bar; one that is written into a file or a pipe is left out.

    Args:
        *args: As tqdm's.
        **kwargs: As tqdm's; `disable` is None unless given.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{'disable': None, **kwargs})
