# Copyright (c) mmhoi contributors.
"""Raw forward, one image of 800 x 1066, ours in bfloat16."""
from functools import partial

from forward import difference, make_forward  # noqa: F401

make = partial(make_forward, batch_size=1, amp=True)
