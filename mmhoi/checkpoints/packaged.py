# Copyright (c) mmhoi contributors.
"""Files that come with the package: addresses `mmhoi://...`."""
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / 'assets'
PREFIX = 'mmhoi://'


def packaged_path(address: str) -> Path:
    """Where a file of the package lies.

    Args:
        address (str): `mmhoi://` and a path below `mmhoi/assets`, such as
            `mmhoi://mini/mini_detector.safetensors`.

    Returns:
        Path: The file.

    Raises:
        FileNotFoundError: If the package has no such file.
    """
    path = ASSETS / address[len(PREFIX):]
    if not path.is_file():
        found = sorted(p.relative_to(ASSETS) for p in ASSETS.rglob('*.safet*'))
        raise FileNotFoundError(
            f'{address} does not come with mmhoi; allowed: '
            f'{", ".join(f"{PREFIX}{p}" for p in found)}')
    return path
