# Copyright (c) mmhoi contributors.
"""A model that takes as long as a trained one, without a checkpoint."""
from copy import deepcopy
from pathlib import Path

import torch
from mmengine.config import ConfigDict
from torch import nn

from mmhoi.checkpoints import build_empty_model
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.whole_file import write_whole


def build_random_model(model_cfg: ConfigDict, seed: int = 0) -> nn.Module:
    """Build a detector with random weights; nothing is downloaded.

    Args:
        model_cfg (dict): The entry `model` of a config.
        seed (int): Seed of the weights. Defaults to 0.

    Returns:
        nn.Module: The model, on the CPU. Its predictions mean nothing.
    """
    if 'clip' in model_cfg:
        model = build_empty_model(model_cfg, 'cpu')
    else:
        cfg = deepcopy(model_cfg)
        if 'backbone' in cfg:
            cfg.backbone.init_cfg = None
        model = MODELS.build(cfg)
    randomize_weights(model, seed)
    return model


def save_random_checkpoint(config: str, path: Path) -> None:
    """Save the model of a config with random weights.

    Args:
        config (str): Config file.
        path (Path): The checkpoint.

    Raises:
        FileNotFoundError: If there is no such config.
    """
    register_all_modules()
    model = build_random_model(load_config_file(config).model)
    with write_whole(path) as draft:
        torch.save(dict(state_dict=model.state_dict(), meta={}), draft)


@torch.no_grad()
def randomize_weights(model: nn.Module, seed: int = 0) -> None:
    """Give a model weights with which activations neither vanish nor explode.

    Matrices are drawn as Xavier's rule says, biases and means of norms from
    -0.1 to 0.1, factors and variances of norms from 0.5 to 1.5, embeddings of
    queries as PyTorch does.

    Args:
        model (nn.Module): Changed in place.
        seed (int): Seed of the weights. Defaults to 0.

    Examples:
        >>> norm = nn.BatchNorm2d(100)
        >>> randomize_weights(norm)
        >>> bool((norm.running_var - 1).abs().max() <= 0.5)
        True
    """
    generator = torch.Generator().manual_seed(seed)
    for param in model.parameters():
        if param.dim() > 1:
            nn.init.xavier_uniform_(param, generator=generator)
        else:
            nn.init.uniform_(param, -0.1, 0.1, generator=generator)
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=generator)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, generator=generator)
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.1, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
