# Copyright (c) mmhoi contributors.
"""Optimiser and training step."""
from typing import Dict, List

import torch
from torch import Tensor, nn

from .criterion import total_loss


def build_optimizer(model: nn.Module) -> torch.optim.Optimizer:
    """AdamW with a lower rate for the backbone."""
    groups = {True: [], False: []}
    for name, param in model.named_parameters():
        if param.requires_grad:
            groups['backbone' in name].append(param)
    return torch.optim.AdamW(
        [dict(params=groups[False]),
         dict(params=groups[True], lr=1e-5)],
        lr=1e-4,
        weight_decay=1e-4)


def train_step(model: nn.Module, criterion: nn.Module,
               optimizer: torch.optim.Optimizer, batch: List[Tensor],
               targets: List[Dict]) -> Tensor:
    """Forward, losses, backward, clipping, update: the official order."""
    outputs = model(*batch)
    losses = criterion(outputs, targets)
    loss = total_loss(losses)
    # For the log, as officially.
    _ = {name: value.item() for name, value in losses.items()}
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    optimizer.step()
    return loss.detach()
