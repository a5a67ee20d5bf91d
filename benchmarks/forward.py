# Copyright (c) mmhoi contributors.
"""The raw forward of the full-size network, both ways."""
from pathlib import Path
from typing import Callable, Dict

import torch
from batches import our_batch, reference_batch
from full_size import load_ours, load_reference, read_config
from golden_tools import OUTPUTS
from mmengine.runner import autocast

from mmhoi.models.utils import prepare_for_inference
from mmhoi.registry import MODELS

HEIGHT, WIDTH = 800, 1066


def make_forward(side: str,
                 folder: Path,
                 batch_size: int,
                 amp: bool = False) -> Callable[[], Dict]:
    """One forward of one side.

    Args:
        side (str): `ours` or `reference`.
        folder (Path): Of `save_weights`.
        batch_size (int): Number of images.
        amp (bool): Whether ours uses bfloat16. Defaults to False.

    Returns:
        Callable[[], dict]: Runs the network; returns its raw outputs.
    """
    shape = batch_size, HEIGHT, WIDTH
    preprocessor = MODELS.build(read_config(folder).model.data_preprocessor)
    if side == 'reference':
        model = load_reference(folder)
        batch = reference_batch(preprocessor, *shape)
        return torch.no_grad()(lambda: model(*batch))
    model = prepare_for_inference(load_ours(folder))
    data = preprocessor(our_batch(*shape))

    @torch.no_grad()
    def forward():
        with autocast(device_type='cpu', enabled=amp):
            return model(**data, mode='tensor')

    return forward


def difference(ours: Callable, reference: Callable) -> float:
    """Largest difference of boxes and logits of the last layer."""
    outputs, expected = ours(), reference()
    return max(
        float((outputs[our_name][-1].float() - expected[name]).abs().max())
        for name, our_name, _ in OUTPUTS)
