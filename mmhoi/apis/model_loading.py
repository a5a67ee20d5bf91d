# Copyright (c) mmhoi contributors.
"""A model for inference from a config and a checkpoint."""
import pickle
import zipfile
from difflib import get_close_matches
from pathlib import Path
from typing import Optional

import torch
from mmengine.config import Config, ConfigDict
from mmengine.runner.checkpoint import (_load_checkpoint,
                                        _load_checkpoint_to_model)
from torch import nn

from mmhoi.engine.hooks import check_fits
from mmhoi.models.official.skeleton import build_skeleton
from mmhoi.registry import MODELS
from mmhoi.utils.run_config import check_checkpoint


def read_checkpoint(path: str) -> dict:
    """Read a checkpoint onto the CPU.

    Args:
        path (str): A file, or an address that mmengine can load.

    Returns:
        dict: The checkpoint.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged or no checkpoint.
    """
    check_checkpoint(
        path, 'give a checkpoint that tools/train.py has written into its '
        'work dir')
    try:
        if zipfile.is_zipfile(path):
            # Mapped: optimizer states, two thirds of a file, are not read.
            checkpoint = torch.load(
                path, map_location='cpu', mmap=True, weights_only=False)
        else:
            checkpoint = _load_checkpoint(path, map_location='cpu')
    except (RuntimeError, EOFError, pickle.UnpicklingError, KeyError,
            AttributeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(
            f'checkpoint "{path}" cannot be read ({reason}); it is '
            'incomplete or no checkpoint') from error
    if not isinstance(checkpoint, dict):
        raise ValueError(f'"{path}" holds a {type(checkpoint).__name__}, not '
                         'a checkpoint')
    return checkpoint


def check_device(device: Optional[str]) -> None:
    """Make sure that a device can be used, before a model is built for it.

    Args:
        device (str, optional): Such as `cpu` or `cuda:0`; None is allowed.

    Raises:
        ValueError: If it cannot.
    """
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f'device "{device}" cannot be used ({reason}); give '
            '"cpu", or "cuda:0" on a machine with a GPU') from error


def config_of_checkpoint(checkpoint: dict) -> ConfigDict:
    """The config of the run that has written a checkpoint.

    Args:
        checkpoint (dict): The checkpoint.

    Returns:
        ConfigDict: Its config.

    Raises:
        ValueError: If it has none.
    """
    meta = checkpoint.get('meta', {})
    info = checkpoint.get('message_hub', {}).get('runtime_info', {})
    text = info.get('cfg') or meta.get('cfg')
    if not text:
        raise ValueError('the checkpoint holds no config; give the config '
                         'file as well')
    return Config.fromstring(text, file_format='.py')._cfg_dict


def config_of_name(name: str, folder: Path) -> Config:
    """A config of mmhoi by its name.

    Args:
        name (str): Name of its file without the ending.
        folder (Path): Where mmhoi's configs are.

    Returns:
        Config: The config.

    Raises:
        ValueError: If there is none of that name.
    """
    paths = {path.stem: path for path in folder.glob('[!_]*/**/*.py')}
    if name not in paths:
        close = get_close_matches(name, paths, n=3)
        raise ValueError(
            f'"{name}" is neither a config file nor the name of one of '
            f'mmhoi, such as {", ".join(close) or "hoiclip_r50_hico"}')
    return Config.fromfile(paths[name])


def build_model(model_cfg: ConfigDict,
                checkpoint: Optional[dict] = None) -> nn.Module:
    """Build a detector, with the weights of a checkpoint if there is one.

    A checkpoint holds CLIP's visual tower and the text embeddings too, so
    with one CLIP is neither downloaded nor run.

    Args:
        model_cfg (dict): The entry `model` of a config.
        checkpoint (dict, optional): As read from its file. Defaults to None:
            the weights with which the parts are built.

    Returns:
        nn.Module: The model, on the CPU.

    Raises:
        CheckpointMismatchError: If the checkpoint is of another model.
    """
    if checkpoint is None:
        return MODELS.build(model_cfg)
    names = checkpoint.get('state_dict', checkpoint)
    complete = any(name.startswith('clip_visual.') for name in names)
    model = build_skeleton(model_cfg,
                           'cpu') if complete else MODELS.build(model_cfg)
    check_fits(model, checkpoint)
    _load_checkpoint_to_model(model, checkpoint)
    return model
