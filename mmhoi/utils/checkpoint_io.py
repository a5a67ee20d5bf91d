# Copyright (c) mmhoi contributors.
"""Checkpoints that come with the package, and writing them."""
from pathlib import Path
from typing import Dict, Optional

import torch
from mmengine.runner.checkpoint import CheckpointLoader
from safetensors.torch import load_file, save_file
from torch import Tensor

ASSETS = Path(__file__).resolve().parents[1] / 'assets'
PREFIX = 'mmhoi://'


@CheckpointLoader.register_scheme(prefixes=PREFIX)
def load_packaged_checkpoint(filename: str,
                             map_location: Optional[str] = None) -> dict:
    """Load weights that come with mmhoi: `mmhoi://mini/mini_detr.safetensors`.

    Args:
        filename (str): `mmhoi://` and a path below `mmhoi/assets`.
        map_location (str, optional): Device of the weights. Defaults to the
            CPU.

    Returns:
        dict: `state_dict` in float32 and empty `meta`.

    Raises:
        FileNotFoundError: If the package has no such file.
    """
    path = ASSETS / filename[len(PREFIX):]
    if not path.is_file():
        found = sorted(p.relative_to(ASSETS) for p in ASSETS.rglob('*.safet*'))
        raise FileNotFoundError(
            f'{filename} does not come with mmhoi; allowed: '
            f'{", ".join(f"{PREFIX}{p}" for p in found)}')
    state = load_file(path, device=str(map_location or 'cpu'))
    return dict(
        state_dict={
            name: value.float()
            for name, value in state.items()
        },
        meta={})


def save_half_precision(state_dict: Dict[str, Tensor], path: str) -> int:
    """Write float tensors as float16 safetensors.

    Integers (BatchNorm's step counters) are left out: nothing that predicts
    needs them.

    Args:
        state_dict (dict[str, Tensor]): The weights.
        path (str): The file to write.

    Returns:
        int: Size of the file in bytes.
    """
    state = {
        name: value.to(torch.float16).contiguous().clone()
        for name, value in state_dict.items() if value.is_floating_point()
    }
    save_file(state, path)
    return Path(path).stat().st_size
