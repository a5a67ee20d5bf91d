# Copyright (c) mmhoi contributors.
"""Gradients of a model."""
from typing import Dict, Set

from torch import Tensor, nn


def names_with_gradient(model: nn.Module) -> Set[str]:
    """A set that backward passes fill with the parameters they reach.

    Unlike `grad`, which an optimizer's step leaves empty, it stays.
    """
    names = set()
    for name, param in model.named_parameters():
        if param.requires_grad:
            param.register_post_accumulate_grad_hook(
                lambda _, name=name: names.add(name))
    return names


def gradients(model: nn.Module) -> Dict[str, Tensor]:
    """The gradients of all trained parameters; each must have one."""
    found = {
        name: param.grad
        for name, param in model.named_parameters() if param.requires_grad
    }
    assert all(grad is not None for grad in found.values())
    return found
