# Copyright (c) mmhoi contributors.
"""Names and shapes of a model's parameters, without its weights."""
import json
from copy import deepcopy
from pathlib import Path
from typing import Dict

import open_clip
import torch
from mmengine.config import ConfigDict
from mmengine.model import BaseModule
from open_clip import CLIP
from torch import nn

from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS
from ..utils.no_random_init import NoRandomInit
from ..vision_language.clip_visual import CLIPVisual
from ..vision_language.open_clip_loader import MINI_CLIP, MINI_CONFIG


class EmptyCLIPVisual(CLIPVisual):
    """CLIP's visual tower without its weights, whatever ones are named."""

    def __init__(self, model_name: str, **kwargs) -> None:
        BaseModule.__init__(self)
        with torch.device('meta'):
            # Without memory for the text tower, which goes right away.
            visual = CLIP(**clip_config(model_name)).visual
        self.visual = visual.to_empty(device=torch.get_default_device())
        self.embed_dims, self.out_dims = self.visual.proj.shape
        self.requires_grad_(False)
        self.eval()


def clip_config(model_name: str) -> Dict:
    """Sizes of a CLIP model.

    Args:
        model_name (str): As in `load_open_clip`.

    Returns:
        dict: `embed_dim`, `vision_cfg`, `text_cfg` and more of open_clip.

    Raises:
        ValueError: If the name is unknown.

    Examples:
        >>> clip_config('ViT-B-32-quickgelu')['vision_cfg']['patch_size']
        32
    """
    path = MINI_CONFIG if model_name == MINI_CLIP else Path(model_name)
    if path.suffix == '.json':
        return json.loads(path.read_text())
    config = open_clip.get_model_config(model_name)
    if config is None:
        raise ValueError(f'unknown CLIP model "{model_name}" (config key '
                         '`model.clip.model_name`)')
    return config


def build_skeleton(model_cfg: ConfigDict, device: str = 'meta') -> nn.Module:
    """Build a `HOIDetector` without weights: nothing is downloaded.

    Args:
        model_cfg (dict): The entry `model` of a config.
        device (str): `meta`, where parameters have shapes only and need no
            memory; or `cpu`, where a checkpoint can be loaded into the model.
            Defaults to `meta`.

    Returns:
        nn.Module: The model; the values of its parameters mean nothing.
    """
    cfg = deepcopy(model_cfg)
    head = cfg.bbox_head
    space = load_label_space(head.label_space)
    rows = {
        'obj_classifier': len(space.object_prompts),
        'hoi_classifier': len(space.hois),
        'verb_classifier': len(space.verbs)
    }
    cfg.clip_visual = dict(type=EmptyCLIPVisual)
    cfg.backbone.init_cfg = None
    with torch.device(device), NoRandomInit():
        for part, count in rows.items():
            if head.get(part):
                # Instead of those of texts, which need CLIP's weights.
                head[part].embeddings = torch.empty(count, head.clip_dims)
        if head.get('verb_classifier'):
            head.verb_classifier.strict = False
        return MODELS.build(cfg)


def expected_shapes(model_cfg: ConfigDict) -> Dict[str, torch.Size]:
    """Shapes of a model's state dict.

    Args:
        model_cfg (dict): The entry `model` of a config.

    Returns:
        dict[str, torch.Size]: Name and shape of all that is saved.
    """
    state = build_skeleton(model_cfg).state_dict()
    return {name: value.shape for name, value in state.items()}
