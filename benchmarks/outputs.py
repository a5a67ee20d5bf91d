# Copyright (c) mmhoi contributors.
"""Seeded raw outputs of three layers for eight images, with their pairs."""
from typing import Dict, List

import torch
from batches import random_targets
from golden_tools import OUTPUTS, make_sample
from torch import Tensor

from mmhoi.structures import HOIDataSample

LAYERS, BATCH, QUERIES, HOIS, OBJECTS = 3, 8, 64, 600, 81
SHAPE = 800, 1066


def random_outputs(seed: int = 0) -> Dict[str, Tensor]:
    """Outputs of the head as ours names and stacks them.

    Args:
        seed (int): Seed. Defaults to 0.

    Returns:
        dict: interaction_logits (L, B, Q, H), obj_logits (L, B, Q, O + 1),
        sub_bboxes and obj_bboxes (L, B, Q, 4) normalised cxcywh; leaves with
        gradient.
    """
    generator = torch.Generator().manual_seed(seed)
    shape = LAYERS, BATCH, QUERIES
    outputs = dict(
        interaction_logits=torch.randn(*shape, HOIS, generator=generator) - 4,
        obj_logits=torch.randn(*shape, OBJECTS, generator=generator),
        sub_bboxes=torch.rand(*shape, 4, generator=generator) * .5 + .2,
        obj_bboxes=torch.rand(*shape, 4, generator=generator) * .5 + .2)
    return {name: value.requires_grad_() for name, value in outputs.items()}


def as_official(outputs: Dict[str, Tensor]) -> Dict:
    """The same as the official code has it: last layer, and those before."""
    layers = [{
        name: outputs[ours][i]
        for name, ours, _ in OUTPUTS
    } for i in range(LAYERS)]
    return dict(layers[-1], aux_outputs=layers[:-1])


def random_samples() -> List[HOIDataSample]:
    """Data samples of the images, with their pairs."""
    return [
        make_sample(SHAPE, SHAPE, SHAPE, target)
        for target in random_targets(BATCH)
    ]
