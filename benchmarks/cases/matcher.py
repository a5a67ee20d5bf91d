# Copyright (c) mmhoi contributors.
"""Matching and targets, 8 images, 3 layers, 64 queries, about 3 pairs each."""
from pathlib import Path
from typing import Callable, List, Tuple

import torch
from batches import random_targets
from full_size import base_config
from outputs import BATCH, as_official, random_outputs, random_samples
from reference.criterion import picked_queries
from reference.matcher import HungarianMatcher
from torch import Tensor

from mmhoi.checkpoints import build_empty_model
from mmhoi.models.heads.pair_targets import pair_targets


def make(side: str, folder: Path) -> Callable[[], List]:
    """Both return for each layer the matched queries and their HOI labels."""
    return torch.no_grad()(dict(ours=ours, reference=reference)[side]())


def ours() -> Callable[[], List[Tuple[Tensor, Tensor]]]:
    # Without weights: matching needs none.
    head = build_empty_model(base_config().model).bbox_head
    outputs, samples = random_outputs(), random_samples()

    def match():
        layers = pair_targets(outputs, samples, head.assigner,
                              head.interaction_classifier)
        return [(t['matched'], t['interaction_labels']) for t in layers]

    return match


def reference() -> Callable[[], List[Tuple[Tensor, Tensor]]]:
    outputs = as_official(random_outputs())
    targets = random_targets(BATCH)
    matcher = HungarianMatcher()

    def match_layer(layer):
        indices = matcher(layer, targets)
        picked = picked_queries(indices)
        matched = torch.zeros(layer['pred_obj_logits'].shape[:2], dtype=bool)
        matched[picked] = True
        labels = torch.zeros_like(layer['pred_hoi_logits'])
        labels[picked] = torch.cat(
            [t['hoi_labels'][p] for t, (_, p) in zip(targets, indices)])
        return matched, labels

    def match():
        aux = [match_layer(layer) for layer in outputs['aux_outputs']]
        return aux + [match_layer(outputs)]

    return match


def difference(ours: Callable, reference: Callable) -> float:
    """0 if queries and labels of all layers are equal, else 1."""
    return max(
        float((a.float() - b.float()).abs().max())
        for layer, expected in zip(ours(), reference())
        for a, b in zip(layer, expected))
