# Copyright (c) mmhoi contributors.
"""Full-size HOICLIP twice, with the same weights: reference and ours."""
from pathlib import Path

import torch
import torch.nn.functional as F
from mmengine.config import Config
from reference.hoiclip import HOICLIP
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from mmhoi.checkpoints import build_empty_model
from mmhoi.checkpoints.official.conversion import import_official
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.label_spaces import load_label_space
from mmhoi.setup_env import register_all_modules
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.text_files import read_json, write_json

CONFIG = Path(__file__).parents[1] / 'configs/hoiclip/hoiclip_r50_hico.py'
OFFICIAL, OURS = 'official.pth', 'ours.pth'
OPTIONS, OUR_CONFIG = 'options.json', 'hoiclip.py'


def base_config() -> Config:
    """The repository's config, with all modules registered."""
    register_all_modules()
    return load_config_file(CONFIG)


def random_reference(seed: int = 0) -> HOICLIP:
    """The reference with random weights that keep its outputs apart.

    Args:
        seed (int): Seed of the weights. Defaults to 0.

    Returns:
        HOICLIP: Of full size, with HICO-DET's table from verbs to HOIs.
    """
    torch.manual_seed(seed)
    model = HOICLIP()
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.running_var.uniform_(0.5, 1.5)
            module.running_mean.normal_(0, 0.1)
            module.weight.uniform_(0.5, 1)
            module.bias.normal_(0, 0.1)
    for param in model.transformer.parameters():
        if param.dim() > 1:
            nn.init.xavier_uniform_(param)
    table = load_label_space('hico_det').verb_to_hoi()
    with torch.no_grad():
        for classifier in (model.visual_projection, model.verb_projection,
                           model.obj_visual_projection):
            weight = torch.randn_like(classifier.weight)
            classifier.weight.copy_(F.normalize(weight, dim=-1))
        for param in (model.verb2hoi_proj, model.verb2hoi_proj_eval):
            param.copy_(torch.as_tensor(table))
    return model


def save_weights(folder: Path) -> None:
    """Save the same weights as official checkpoint and as ours, once.

    Args:
        folder (Path): Gets both checkpoints and what ours needs in its config.
    """
    if (folder / OURS).exists():
        return
    cfg = base_config()
    state = random_reference().state_dict()
    torch.save(dict(model=state), folder / OFFICIAL)
    family = FAMILIES['hoiclip']
    options = family.model_options(state)
    write_json(folder / OPTIONS, options)
    cfg.merge_from_dict(options)
    ours, _ = import_official(state, family, cfg.model)
    model = build_empty_model(cfg.model, 'cpu')
    # Counters of batch norms exist in ours only.
    model.load_state_dict(ours, strict=False)
    torch.save(dict(state_dict=model.state_dict(), meta={}), folder / OURS)


def load_reference(folder: Path) -> HOICLIP:
    """The reference with the weights of `save_weights`.

    Args:
        folder (Path): Of `save_weights`, which it calls.

    Returns:
        HOICLIP: In eval mode.
    """
    save_weights(folder)
    model = HOICLIP()
    state = torch.load(folder / OFFICIAL, mmap=True)['model']
    model.load_state_dict(state)
    return model.eval()


def read_config(folder: Path) -> Config:
    """The config of ours, with all modules registered; also saved as file."""
    save_weights(folder)
    cfg = base_config()
    # Anew each time: the weights may be older than the repository's config.
    cfg.merge_from_dict(read_json(folder / OPTIONS))
    cfg.dump(folder / OUR_CONFIG)
    return cfg


def load_ours(folder: Path) -> nn.Module:
    """Our model with the weights of `save_weights`.

    Args:
        folder (Path): Of `save_weights`, which it calls.

    Returns:
        QueryPairDetector: In eval mode, as it comes from the config.
    """
    model = build_empty_model(read_config(folder).model, 'cpu')
    state = torch.load(folder / OURS, mmap=True)['state_dict']
    model.load_state_dict(state)
    return model.eval()
