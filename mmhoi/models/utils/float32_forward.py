# Copyright (c) mmhoi contributors.
from functools import wraps
from typing import Callable

import torch
from torch import Tensor, nn


def float32_forward(forward: Callable) -> Callable:
    """Keep a module's forward out of mixed precision.

    Half precision resolves neither box coordinates nor the logits of a
    scaled classifier. Float tensors among the positional and keyword
    arguments are cast to the data type of the module's parameters.

    Args:
        forward (Callable): The method `forward(self, ...)` of a module.

    Returns:
        Callable: The method without autocast.
    """

    @wraps(forward)
    def wrapped(self: nn.Module, *args, **kwargs):
        weight = next(self.parameters())

        def cast(value):
            if isinstance(value, Tensor) and value.is_floating_point():
                return value.to(weight.dtype)
            return value

        with torch.autocast(weight.device.type, enabled=False):
            return forward(self, *map(cast, args), **{
                name: cast(v)
                for name, v in kwargs.items()
            })

    return wrapped
