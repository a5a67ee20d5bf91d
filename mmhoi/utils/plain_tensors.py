# Copyright (c) mmhoi contributors.
"""Whether a tensor of a file has values that can be computed with."""
from typing import Any

import torch
from torch import Tensor


def is_plain(value: Any) -> bool:
    """Whether something is a tensor of real numbers with a value each.

    Args:
        value (Any): Anything that a file of `torch.save` may hold.

    Returns:
        bool: False for sparse, complex and quantized tensors, and for those
        of the device `meta`, which have a shape only.

    Examples:
        >>> is_plain(torch.ones(2)), is_plain(torch.ones(2, device='meta'))
        (True, False)
    """
    return (isinstance(value, Tensor) and value.layout is torch.strided and
            not (value.is_meta or value.is_complex() or value.is_quantized))
