# Copyright (c) mmhoi contributors.
"""What an official HOICLIP needs beside the parameters of ours."""
from typing import Dict

import numpy as np
import torch
from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois)
from ..vision_language.open_clip_loader import load_open_clip
from .hoiclip import HOICLIP
from .identify import TABLE
from .renaming import OURS


def rebuild_hoiclip_extras(state_dict: Dict[str, Tensor],
                           model_cfg: ConfigDict) -> Dict:
    """Make what `collect_extras` would keep, for a model trained here.

    Tables from verbs to HOIs are those of the model, CLIP's text tower is the
    config's, and what the official code never uses is zero.

    Args:
        state_dict (dict[str, Tensor]): Weights of our HOICLIP.
        model_cfg (dict): Its config.

    Returns:
        dict: `tensors` and an empty `dtypes`.

    Raises:
        RuntimeError: If CLIP's weights cannot be had.
        ValueError: If the text tower of CLIP is not the official one.
    """
    tensors = _verb_tables(model_cfg.bbox_head)
    tensors.update(_unused(state_dict))
    tensors.update(_text_tower(model_cfg.clip))
    return dict(tensors=tensors, dtypes={})


def _verb_tables(head: ConfigDict) -> Dict[str, Tensor]:
    space = load_label_space(head.label_space)
    table = space.verb_to_hoi()
    if head.label_space == 'vcoco':
        if head.interaction_classifier.verbs.get('official_vcoco_table'):
            table = official_vcoco_table()
        return {TABLE: torch.from_numpy(np.ascontiguousarray(table))}
    seen = seen_hois(head.get('zero_shot_split'), len(space.hois))
    return {
        TABLE: torch.from_numpy(np.ascontiguousarray(table[:, seen])),
        f'{TABLE}_eval': torch.from_numpy(np.ascontiguousarray(table))
    }


def _unused(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Zeros for what the official model has and never uses."""
    shapes = {}
    for name, value in state_dict.items():
        official = HOICLIP.rename(name, OURS)
        if name.startswith('decoder.'):
            # GEN-VLKT's interaction decoder, as deep as the instance decoder.
            other = official.replace('instance_decoder', 'interaction_decoder')
            shapes[other] = value.shape
        elif name.startswith('interaction_decoder.') and 'norms.2.' in name:
            shapes[official.replace('norm3', 'norm4')] = value.shape
        elif name.startswith('bbox_head.obj_classifier.proj.'):
            shapes[official.replace('obj_class', 'hoi_class')] = value.shape
    width = state_dict['interaction_decoder.query_proj.0.bias'].shape
    queries = state_dict['queries.pair.weight'].shape[:1]
    shapes['transformer.inter_guided_embedd.weight'] = queries + width
    return {name: torch.zeros(shape) for name, shape in shapes.items()}


def _text_tower(clip: ConfigDict) -> Dict[str, Tensor]:
    model = load_open_clip(clip.model_name, clip.get('pretrained')).model
    tower = {
        f'clip_model.{name}': value.detach().clone()
        for name, value in model.state_dict().items()
        if not name.startswith('visual.')
    }
    if 'clip_model.token_embedding.weight' not in tower:
        raise ValueError(
            f'the text tower of "{clip.model_name}" has not the layout of '
            "OpenAI's, which the official HOICLIP needs; the model cannot be "
            'exported')
    return tower
