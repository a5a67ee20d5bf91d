# Copyright (c) mmhoi contributors.
"""Prompts, tokens and text embeddings against the official ones."""
from typing import Any, Dict

import open_clip
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from .golden_file import CLIP_PREFIX
from .model_config import open_clip_config
from .report import Report

EMBEDDINGS = 1e-4


def check_texts(report: Report, content: Dict[str, Any],
                state_dict: Dict[str, Tensor], space: LabelSpace,
                model: nn.Module) -> None:
    """Compare what the classifiers are made of.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file.
        state_dict (dict[str, Tensor]): Official weights with CLIP's.
        space (LabelSpace): Classes of the model.
        model (HOIDetector): Our model.
    """
    head = model.bbox_head
    if 'hoi_label_ids' in content:
        verbs, objects = space.hoi_verbs, space.hoi_objects
        ids = torch.tensor(list(zip(verbs.tolist(), objects.tolist())))
        if head.interaction_classifier.train_ids is not None:
            ids = ids[head.interaction_classifier.train_ids]
        report.equal('HOI classes of training: (verb, object)', ids,
                     torch.tensor(content['hoi_label_ids']))
    if 'clip_visual_proj' in content:
        report.near("CLIP's visual projection", model.clip_visual.proj,
                    content['clip_visual_proj'], 0.0)
    if 'text_tokens' in content:
        report.equal('tokens of the HOI prompts',
                     open_clip.tokenize(list(space.hoi_prompts)),
                     content['text_tokens'])
    if 'text_embedding_unnormalised' not in content:
        return
    texts = encode_prompts(content['clip_cfg'], state_dict,
                           content['text_tokens'])
    official = content['text_embedding_unnormalised']
    report.near('text embeddings of the HOI prompts', texts, official,
                EMBEDDINGS * official.abs().max().item())
    if 'hoi_cls_normalised_text' in content:
        theirs = content['hoi_cls_normalised_text']
        ours = head.interaction_classifier.texts.weight
        if head.interaction_classifier.train_ids is not None and len(
                theirs) == len(head.interaction_classifier.train_ids):
            texts, ours = texts[head.interaction_classifier.train_ids], ours[
                head.interaction_classifier.train_ids]
        report.near('normalised text embeddings', F.normalize(texts, dim=-1),
                    theirs, EMBEDDINGS)
        report.near('HOI classifier', ours, theirs, EMBEDDINGS)


@torch.no_grad()
def encode_prompts(clip_cfg: Dict[str, int], state_dict: Dict[str, Tensor],
                   tokens: Tensor) -> Tensor:
    """Text embeddings by the text tower of an official model.

    Args:
        clip_cfg (dict): Sizes of the CLIP model.
        state_dict (dict[str, Tensor]): Weights with `clip_model.` names.
        tokens (Tensor): Tokens of N prompts, (N, context length).

    Returns:
        Tensor: Embeddings, not normalised, (N, E).
    """
    clip = open_clip.CLIP(**open_clip_config(clip_cfg)).eval()
    weights = {
        name[len(CLIP_PREFIX):]: value.float()
        for name, value in state_dict.items() if name.startswith(CLIP_PREFIX)
    }
    clip.load_state_dict(weights)
    return torch.cat(
        [clip.encode_text(part) for part in tokens.long().split(100)])
