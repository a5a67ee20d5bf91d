# Copyright (c) mmhoi contributors.
"""Matching and losses, forward and backward, 8 images, 3 layers."""
from pathlib import Path
from typing import Callable, Dict

import torch
from batches import random_targets
from full_size import base_config
from outputs import BATCH, as_official, random_outputs, random_samples
from reference.criterion import Criterion, total_loss
from torch import Tensor

from mmhoi.checkpoints import build_empty_model


def make(side: str, folder: Path) -> Callable[[], Dict[str, Tensor]]:
    """Both return the total loss and the gradients of the outputs."""
    outputs = random_outputs()
    total = dict(ours=ours, reference=reference)[side](outputs)

    def step():
        loss = total()
        gradients = torch.autograd.grad(loss, list(outputs.values()))
        return dict(zip(outputs, gradients), loss=loss.detach())

    return step


def ours(outputs: Dict[str, Tensor]) -> Callable[[], Tensor]:
    # Without weights: losses need none.
    model = build_empty_model(base_config().model)
    samples = random_samples()

    def total():
        losses = model.bbox_head.loss_by_feat(outputs, samples)
        return model.parse_losses(losses)[0]

    return total


def reference(outputs: Dict[str, Tensor]) -> Callable[[], Tensor]:
    criterion, targets = Criterion(), random_targets(BATCH)

    def total():
        losses = criterion(as_official(outputs), targets)
        # For the log, as in the official training.
        _ = {name: value.item() for name, value in losses.items()}
        return total_loss(losses)

    return total


def difference(ours: Callable, reference: Callable) -> float:
    """Largest difference of the gradients and, relative, of the loss."""
    found, expected = ours(), reference()
    relative = abs(found.pop('loss') / expected.pop('loss') - 1)
    return max([float(relative)] + [
        float((found[name] - value).abs().max())
        for name, value in expected.items()
    ])
