# Copyright (c) mmhoi contributors.
"""Checkpoints that come with the package."""
from pathlib import Path
from typing import Optional

from mmengine.runner.checkpoint import CheckpointLoader
from safetensors.torch import load_file

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
