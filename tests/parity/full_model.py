# Copyright (c) mmhoi contributors.
"""Golden files of full size, whose weights are not stored."""
from typing import Any, Dict, Optional, Tuple

from torch import Tensor

from mmhoi.models.vision_language import load_verb_embeddings
from .regenerated_state import regenerated_state
from .report import Report

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


def full_model(
    report: Report,
    content: Dict[str, Any],
    verb_embeddings: Optional[str] = None
) -> Tuple[Dict[str, Any], Dict[str, Tensor]]:
    """Make the weights of a file of the kind `full_model` anew.

    Args:
        report (Report): Takes the comparison with the stored sums.
        content (dict): The file.
        verb_embeddings (str, optional): File of verb embeddings, where
            `content` has none. Defaults to None.

    Returns:
        tuple[dict, dict[str, Tensor]]: The file with all settings, and the
        official weights.

    Raises:
        ValueError: If weights are neither stored nor follow from a rule.
    """
    content = dict(content)
    content['args'] = {**ARGS, **(content.get('args') or {})}
    content['clip_cfg'] = {**CLIP, **(content.get('clip_cfg') or {})}
    verbs = verb_embeddings and load_verb_embeddings(verb_embeddings)
    return content, regenerated_state(report, content, verbs)
