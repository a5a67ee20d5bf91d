# Copyright (c) mmhoi contributors.
"""Checkpoints that come with the package, and those in safetensors."""
from pathlib import Path
from typing import Optional

from mmengine.runner.checkpoint import CheckpointLoader
from safetensors.torch import load_file

from mmhoi.checkpoints.old_names import current_names

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
            for name, value in current_names(state).items()
        },
        meta={})


# A local path: addresses have loaders of their own.
@CheckpointLoader.register_scheme(prefixes=r'(?!.*://).+\.safetensors$')
def load_from_safetensors(filename: str,
                          map_location: Optional[str] = None) -> dict:
    """Load a checkpoint that tools/model_converters/convert.py has written.

    Args:
        filename (str): Path of a .safetensors file.
        map_location (str, optional): Device of the weights. Defaults to the
            CPU.

    Returns:
        dict: `state_dict` in float32, and `meta`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged.
    """
    # The models' modules import this one.
    from mmhoi.models.official.checkpoint_files import read_checkpoint
    checkpoint = read_checkpoint(filename)
    device = map_location or 'cpu'
    return dict(
        state_dict={
            name: value.float().to(device)
            for name, value in checkpoint['state_dict'].items()
        },
        meta=checkpoint['meta'])
