# Copyright (c) mmhoi contributors.
import logging
from typing import Any, Callable

import torch
from mmengine.logging import print_log
from torch import nn


def compile_parts(model: nn.Module, freeze: bool = False) -> None:
    """Compile the forward of a detector's parts with `torch.compile`.

    They are the modules that its class names in `COMPILE_PARTS`, in which the
    time goes. What is between them is Python over images and costs little.

    Sizes are dynamic: one compilation, at the first call, serves images of
    every size. A part that cannot be compiled, for example since there is no
    C++ compiler, stays as it is; a message says so.

    Args:
        model (nn.Module): Changed in place; parameters keep their names. A
            part that it does not have is left out.
        freeze (bool): Whether weights become constants of the compiled code,
            for inference without gradients. Later changes of them are not
            seen. Defaults to False.
    """
    parts = getattr(model, 'COMPILE_PARTS', ())
    if not parts:
        print_log(
            f'{type(model).__name__} names no parts to compile (class '
            'attribute COMPILE_PARTS) and runs without torch.compile',
            logger='current',
            level=logging.WARNING)
    modules = dict(model.named_modules())
    for name in filter(modules.__contains__, parts):
        modules[name].forward = _compiled(modules[name], name, freeze)


def _compiled(part: nn.Module, name: str, freeze: bool) -> Callable:
    """The compiled forward of a module, which falls back to its own one."""
    # It takes seconds to import, which only those who compile shall wait for.
    from torch._dynamo.exc import TorchDynamoException
    own_forward = part.forward
    compiled = torch.compile(
        own_forward, dynamic=True, options=dict(freezing=freeze))

    def forward(*args: Any, **kwargs: Any) -> Any:
        try:
            return compiled(*args, **kwargs)
        except TorchDynamoException as error:
            print_log(
                f'torch.compile failed for the {name}, which runs without it '
                f'({type(error).__name__}: {str(error).splitlines()[0]})',
                logger='current',
                level=logging.WARNING)
            part.forward = own_forward
            return own_forward(*args, **kwargs)

    return forward
