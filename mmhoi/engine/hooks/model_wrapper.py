# Copyright (c) mmhoi contributors.
from mmengine.model import is_model_wrapper
from torch import nn
from torch.nn.parallel import DistributedDataParallel


def unwrap(model: nn.Module) -> nn.Module:
    """The model in a wrapper that leaves its parameters whole.

    Args:
        model (nn.Module): A model, wrapped or not.

    Returns:
        nn.Module: The model. A wrapper that splits parameters among processes
        (FSDP) is returned as it is.
    """
    if is_model_wrapper(model) and isinstance(model, DistributedDataParallel):
        return model.module
    return model


def whole(model: nn.Module) -> nn.Module:
    """The model in any wrapper, with the names of its parts.

    Args:
        model (nn.Module): A model, wrapped or not.

    Returns:
        nn.Module: The model; its parameters may be split among processes.
    """
    return model.module if is_model_wrapper(model) else model
