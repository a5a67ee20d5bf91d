# Copyright (c) mmhoi contributors.
from typing import Any, Callable, Optional, Sequence

from torch import Tensor
from torch.nn import init
from torch.overrides import TorchFunctionMode

RANDOM = {
    Tensor.normal_, Tensor.uniform_, init.kaiming_normal_,
    init.kaiming_uniform_, init.normal_, init.uniform_
}


class NoRandomInit(TorchFunctionMode):
    """Build modules without drawing random weights for them.

    For a model whose weights a checkpoint brings: drawing 150 million numbers
    takes longer than reading them. Until then weights are what lies in
    memory; what is computed from arguments, such as buffers, has its value.

    Examples:
        >>> import torch
        >>> weight = torch.ones(2)
        >>> with NoRandomInit():
        ...     _ = weight.normal_()
        >>> weight
        tensor([1., 1.])
    """

    def __torch_function__(self,
                           func: Callable,
                           types: Sequence[type],
                           args: tuple = (),
                           kwargs: Optional[dict] = None) -> Any:
        """Call a function of torch unless it draws in place."""
        kwargs = kwargs or {}
        if func in RANDOM:
            return args[0] if args else kwargs['tensor']
        return func(*args, **kwargs)
