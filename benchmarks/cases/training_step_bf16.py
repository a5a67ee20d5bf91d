# Copyright (c) mmhoi contributors.
"""Training step, two images of 640 x 853, ours in bfloat16."""
from functools import partial

from .training_step import difference  # noqa: F401
from .training_step import make as make_step

make = partial(make_step, amp=True)
