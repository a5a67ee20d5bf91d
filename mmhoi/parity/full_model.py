# Copyright (c) mmhoi contributors.
"""Golden files of full size, whose weights are not stored."""
from typing import Any, Dict, Tuple

import open_clip
import torch
import torch.nn.functional as F
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from .golden_file import recipe_state_dict
from .report import Report
from .text_checks import encode_prompts

SEED = 11
#: HOICLIP with ResNet-50 and CLIP ViT-B/32, where a file does not say it.
ARGS = dict(
    backbone='resnet50',
    hidden_dim=256,
    nheads=8,
    dim_feedforward=2048,
    dropout=0.1,
    enc_layers=6,
    dec_layers=3,
    inter_dec_layers=3,
    num_queries=64,
    clip_dim=768,
    clip_embed_dim=512,
    verb_weight=0.5,
    fix_clip=True,
    alpha=0.5,
    eos_coef=0.1,
    hoi_loss_coef=2,
    obj_loss_coef=1,
    bbox_loss_coef=2.5,
    giou_loss_coef=1,
    set_cost_hoi=1,
    set_cost_obj_class=1,
    set_cost_bbox=2.5,
    set_cost_giou=1)
CLIP = dict(
    embed_dim=512,
    image_resolution=224,
    vision_layers=12,
    vision_width=768,
    vision_patch_size=32,
    context_length=77,
    vocab_size=49408,
    transformer_width=512,
    transformer_heads=8,
    transformer_layers=12)
LOGIT_SCALE = 2.6592600369327779
SUMS = 1e-4


def full_model(
        report: Report,
        content: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Tensor]]:
    """Make the weights of a file of the kind `full_model` anew.

    Args:
        report (Report): Takes the comparison with the stored sums.
        content (dict): The file.

    Returns:
        tuple[dict, dict[str, Tensor]]: The file with all settings, and the
        official weights.

    Raises:
        ValueError: If weights are neither stored nor follow from a rule.
    """
    content = dict(content)
    content['args'] = {**ARGS, **(content.get('args') or {})}
    content['clip_cfg'] = {**CLIP, **(content.get('clip_cfg') or {})}
    shapes = _shapes(content['state_dict_names_shapes'])
    seed = int(content.get('recipe_seed', SEED))
    overrides = content.get('state_dict_overrides', {})
    state = recipe_state_dict(shapes, seed, overrides)
    _fill_from_texts(state, shapes, content['clip_cfg'])
    missing = [name for name in shapes if name not in state]
    if missing:
        raise ValueError(
            f'the weights of {", ".join(missing)} are neither in the file '
            '(state_dict_overrides) nor follow from its rule; store them '
            'there')
    for name, numbers in content.get('state_dict_sum_and_l2norm', {}).items():
        value = state[name].double()
        norm = max(float(numbers[1]), 1.0)
        # The sum of many values of both signs is small by chance.
        report.near('regenerated weights: sums / norms',
                    value.sum() / norm, numbers[0] / norm, SUMS)
        report.near('regenerated weights: norms / norms',
                    value.norm() / norm, numbers[1] / norm, SUMS)
    return content, {name: state[name] for name in shapes}


def _shapes(table: Any) -> Dict[str, Tuple[int, ...]]:
    """Shapes by name, from a dict or from a list of (name, shape, ...)."""
    rows = table.items() if isinstance(
        table, dict) else ((row['name'],
                            row['shape']) if isinstance(row, dict) else row[:2]
                           for row in table)
    return {
        name: tuple(value['shape'] if isinstance(value, dict) else value)
        for name, value in rows
    }


def _fill_from_texts(state: Dict[str, Tensor], shapes: Dict[str, Tuple],
                     clip_cfg: Dict[str, int]) -> None:
    """Add what the official code derives from texts and classes."""
    space = load_label_space('hico_det')
    table = torch.from_numpy(space.verb_to_hoi()).float()
    prompts = {
        'visual_projection.weight': space.hoi_prompts,
        'obj_visual_projection.weight': space.object_prompts
    }
    for name in shapes:
        if name in state:
            continue
        if name.endswith('logit_scale'):
            state[name] = torch.tensor(LOGIT_SCALE)
        elif name in ('verb2hoi_proj', 'verb2hoi_proj_eval'):
            state[name] = table
        elif name in prompts:
            tokens = open_clip.tokenize(list(prompts[name]))
            texts = encode_prompts(clip_cfg, state, tokens)
            state[name] = F.normalize(texts, dim=-1)
