# Copyright (c) mmhoi contributors.
"""Writing of checkpoints: the whole file, or none."""
import json
from pathlib import Path
from typing import Any, Dict, Optional, Union

import torch
from safetensors.torch import save_file
from torch import Tensor

from mmhoi.utils.whole_file import write_whole
from .entries import EXTRAS


def write_checkpoint(path: Union[str, Path],
                     state_dict: Dict[str, Tensor],
                     meta: Dict[str, Any],
                     extras: Optional[Dict] = None) -> None:
    """Write one of our checkpoints.

    Args:
        path (str | Path): File to write: .safetensors, or for mmengine .pth.
        state_dict (dict[str, Tensor]): The weights.
        meta (dict): What they are; plain containers, strings and numbers.
        extras (dict, optional): Of `collect_extras`. Defaults to None.

    Raises:
        ValueError: If the type of the file is another one.
    """
    path = Path(path)
    if path.suffix == '.safetensors':
        tensors = dict(state_dict)
        notes = dict(meta=json.dumps(meta))
        if extras is not None:
            rest = {k: v for k, v in extras.items() if k != 'tensors'}
            notes[EXTRAS] = json.dumps(rest)
            for name, value in extras['tensors'].items():
                tensors[f'{EXTRAS}.{name}'] = value
        # Tensors that share memory cannot be written.
        tensors = {k: v.clone().contiguous() for k, v in tensors.items()}
        with write_whole(path) as draft:
            save_file(tensors, draft, notes)
    elif path.suffix == '.pth':
        content = dict(meta=meta, state_dict=state_dict)
        if extras is not None:
            content[EXTRAS] = extras
        with write_whole(path) as draft:
            torch.save(content, draft)
    else:
        raise ValueError(f'{path}: unknown file type "{path.suffix}"; '
                         'allowed: .pth, .safetensors')


def write_official(path: Union[str, Path],
                   state_dict: Dict[str, Tensor],
                   key: str = 'model') -> None:
    """Write a checkpoint as the official programs read it.

    Args:
        path (str | Path): File to write.
        state_dict (dict[str, Tensor]): Weights with official names.
        key (str): Under which a program looks for them. Defaults to `model`.
    """
    with write_whole(Path(path)) as draft:
        torch.save({key: state_dict}, draft)
