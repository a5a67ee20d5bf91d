# Copyright (c) mmhoi contributors.
"""Raw forward, eight images of 800 x 1066, float32."""
from functools import partial

from forward import difference, make_forward  # noqa: F401

make = partial(make_forward, batch_size=8)
