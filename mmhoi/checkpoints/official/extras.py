# Copyright (c) mmhoi contributors.
"""What official checkpoints hold beside the parameters that we have."""
from typing import Dict, Optional

import torch
from torch import Tensor

from mmhoi.utils.listing import shortened
from ..errors import CheckpointError
from .renaming import Renaming


def collect_extras(state_dict: Dict[str, Tensor], renaming: Renaming) -> Dict:
    """Keep what is lost when an official checkpoint becomes one of ours.

    Args:
        state_dict (dict[str, Tensor]): An official state dict.
        renaming (Renaming): The table of its family.

    Returns:
        dict: `tensors` (dict[str, Tensor]) that are dropped, `dtypes`
        (dict[str, str]) of the others that are not float32, and `names`
        (list[str]) of all in their order.
    """
    dropped = {
        name: value
        for name, value in state_dict.items() if renaming.is_dropped(name)
    }
    dtypes = {
        name: str(value.dtype)[len('torch.'):]
        for name, value in state_dict.items()
        if name not in dropped and value.dtype != torch.float32
    }
    return dict(tensors=dropped, dtypes=dtypes, names=list(state_dict))


def with_extras(state_dict: Dict[str, Tensor],
                extras: Optional[Dict]) -> Dict[str, Tensor]:
    """Complete an official state dict.

    Args:
        state_dict (dict[str, Tensor]): The official names of our parameters.
        extras (dict, optional): Of `collect_extras`; `names` may be missing.

    Returns:
        dict[str, Tensor]: All tensors with their official data types, in the
        official order.

    Raises:
        CheckpointError: If `extras` names what there is not.
    """
    if extras is None:
        return state_dict
    state = {**state_dict, **extras.get('tensors', {})}
    dtypes = extras.get('dtypes', {})
    names = extras.get('names') or list(state)
    unknown = sorted({*names, *dtypes} - state.keys()) + [
        dtype for dtype in dtypes.values()
        if not isinstance(getattr(torch, dtype, None), torch.dtype)
    ]
    if unknown:
        raise CheckpointError(
            'what the checkpoint keeps of the official one is damaged: it '
            f'names {shortened(unknown)}; fetch it again')
    for name, dtype in dtypes.items():
        state[name] = state[name].to(getattr(torch, dtype))
    return {name: state[name] for name in names}
