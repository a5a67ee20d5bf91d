# Copyright (c) mmhoi contributors.
"""Names and shapes of a model's parameters, without its weights."""
from copy import deepcopy
from typing import Any, Dict

import torch
from mmengine.config import ConfigDict
from torch import nn

from mmhoi.registry import MODELS
from ..utils.no_random_init import NoRandomInit


def build_skeleton(model_cfg: ConfigDict, device: str = 'meta') -> nn.Module:
    """Build a detector without weights: nothing is downloaded.

    Args:
        model_cfg (dict): The entry `model` of a config.
        device (str): `meta`, where parameters have shapes only and need no
            memory; or `cpu`, where a checkpoint can be loaded into the model.
            Defaults to `meta`.

    Returns:
        nn.Module: The model; the values of its parameters mean nothing.
    """
    cfg = deepcopy(model_cfg)
    if cfg.get('clip'):
        cfg.clip.pretrained = 'empty'
    _drop_pretrained(cfg)
    with torch.device(device), NoRandomInit():
        return MODELS.build(cfg)


def _drop_pretrained(cfg: Any) -> None:
    """Have no part load a file when it is initialised."""
    for value in cfg.values():
        if isinstance(value, dict):
            _drop_pretrained(value)
    init = cfg.get('init_cfg')
    if isinstance(init, dict) and init.get('type') == 'Pretrained':
        cfg['init_cfg'] = None


def expected_shapes(model_cfg: ConfigDict) -> Dict[str, torch.Size]:
    """Shapes of a model's state dict.

    Args:
        model_cfg (dict): The entry `model` of a config.

    Returns:
        dict[str, torch.Size]: Name and shape of all that is saved.
    """
    state = build_skeleton(model_cfg).state_dict()
    return {name: value.shape for name, value in state.items()}
