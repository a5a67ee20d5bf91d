# Copyright (c) mmhoi contributors.
"""Models without drawing random weights, for those that a checkpoint brings.
"""
from copy import deepcopy
from typing import Any, Dict, Optional, Tuple

import torch
from mmengine.config import ConfigDict
from torch import nn

from mmhoi.registry import MODELS
from .class_fit import map_classes
from .class_record import use_carried_classes
from .fitting import check_fits, weight_shapes
from .no_random_init import NoRandomInit
from .without_weights import without_weights


def build_model(model_cfg: ConfigDict,
                checkpoint: Optional[Dict[str, Any]] = None) -> nn.Module:
    """Build a detector, with the weights of a checkpoint if there is one.

    A checkpoint holds CLIP's visual tower and the text embeddings too, so
    with one CLIP is neither downloaded nor run. Its rows belong to classes by
    their names, see `map_classes`; where the class file of the config does
    not exist, the classes are those that the checkpoint carries.

    Args:
        model_cfg (dict): The entry `model` of a config.
        checkpoint (dict, optional): As of `read_checkpoint`; its rows may be
            put in order. Defaults to None: the weights with which the parts
            are built.

    Returns:
        nn.Module: The model, on the CPU.

    Raises:
        CheckpointMismatchError: If the checkpoint is of another model.
    """
    if checkpoint is None:
        return MODELS.build(model_cfg)
    model_cfg = deepcopy(model_cfg)
    use_carried_classes(model_cfg, checkpoint)
    model = build_empty_model(model_cfg, 'cpu')
    map_classes(model, checkpoint)
    check_fits(model, checkpoint)
    state = checkpoint['state_dict']
    if not weight_shapes(model.state_dict()).keys() <= state.keys():
        # An optional part: its weights are those of the config.
        label_space = model.hoi_head.label_space
        model = MODELS.build(model_cfg)
        model.hoi_head.label_space = label_space
    model.load_state_dict(state, strict=False)
    return model


def build_empty_model(model_cfg: ConfigDict,
                      device: str = 'meta') -> nn.Module:
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
    _drop_pretrained(cfg)
    with torch.device(device), NoRandomInit(), without_weights():
        return MODELS.build(cfg)


def expected_shapes(model_cfg: ConfigDict) -> Dict[str, Tuple[int, ...]]:
    """Shapes of a model's weights.

    Args:
        model_cfg (dict): The entry `model` of a config.

    Returns:
        dict[str, tuple]: As of `weight_shapes`.
    """
    return weight_shapes(build_empty_model(model_cfg).state_dict())


def _drop_pretrained(cfg: Any) -> None:
    """Have no part load a file when it is initialised."""
    for value in cfg.values():
        if isinstance(value, dict):
            _drop_pretrained(value)
    init = cfg.get('init_cfg')
    if isinstance(init, dict) and init.get('type') == 'Pretrained':
        cfg['init_cfg'] = None
