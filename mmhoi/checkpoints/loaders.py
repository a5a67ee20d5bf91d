# Copyright (c) mmhoi contributors.
"""mmengine's loaders of checkpoints, which read as data from now on.

mmengine itself reads anything that a file holds, code included. All that
loads by its functions comes through here: `Runner` with `load_from` and
`resume`, `init_cfg=dict(type='Pretrained')`, inferencers, and hooks.
"""
from functools import wraps
from typing import Any, Callable, Dict

from mmengine.runner.checkpoint import (CheckpointLoader, load_from_ceph,
                                        load_from_http, load_from_mmcls,
                                        load_from_openmmlab, load_from_pavi,
                                        load_from_torchvision)

from .packaged import PREFIX
from .reading import MapLocation, read_checkpoint, reading_data, tidy

Loader = Callable[[str, MapLocation], Dict[str, Any]]

#: mmengine's own loaders and the addresses that they are for.
_REMOTE = (
    (('http://', 'https://'), load_from_http),
    (('modelzoo://', 'torchvision://'), load_from_torchvision),
    (('open-mmlab://', 'openmmlab://'), load_from_openmmlab),
    (('mmcls://', ), load_from_mmcls),
    ((r'(\S+\:)?s3://', r'(\S+\:)?petrel://'), load_from_ceph),
    (('pavi://', ), load_from_pavi),
)


def load_from_local(filename: str,
                    map_location: MapLocation = None) -> Dict[str, Any]:
    """Load a local checkpoint, or one of the package, for mmengine.

    Args:
        filename (str): As in `read_checkpoint`.
        map_location (str | device | Callable, optional): As of `torch.load`.
            Defaults to None: devices as in the file.

    Returns:
        dict: As of `read_checkpoint`.

    Raises:
        FileNotFoundError: If there is no such file.
        CheckpointError: If it holds more than data, or is damaged.
    """
    return _without_program(read_checkpoint(filename, map_location))


def _reading_data(loader: Loader) -> Loader:

    @wraps(loader)
    def load(filename: str,
             map_location: MapLocation = None) -> Dict[str, Any]:
        with reading_data(filename):
            content = loader(filename, map_location=map_location)
        return _without_program(tidy(content, filename))

    return load


def _without_program(checkpoint: Dict[str, Any]) -> Dict[str, Any]:
    """Take out the config of old versions, which mmengine would run.

    When it resumes, it looks for a number of GPUs there.
    """
    checkpoint['meta'].pop('config', None)
    return checkpoint


CheckpointLoader.register_scheme(['', PREFIX], load_from_local, force=True)
for _prefixes, _loader in _REMOTE:
    CheckpointLoader.register_scheme(
        list(_prefixes), _reading_data(_loader), force=True)
