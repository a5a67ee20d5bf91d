# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.utils.memory_limit import memory_limit


def test_limit_ends_with_the_block():
    with pytest.raises(MemoryError), memory_limit(0):
        np.zeros(2**35, np.uint8)
    assert np.zeros(2**31, np.uint8)[-1] == 0
