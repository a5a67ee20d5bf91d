# Copyright (c) mmhoi contributors.
"""With what a model is traced: inputs and their free axes."""
from typing import Dict

import torch
from torch import Tensor

from .raw_output_model import RawOutputModel


def made_inputs(raw: RawOutputModel,
                batch_size: int,
                height: int,
                width: int,
                seed: int = 0) -> Dict[str, Tensor]:
    """Random inputs of a model, with padding if there are several images.

    Args:
        raw (RawOutputModel): The model.
        batch_size (int): Number B of images.
        height (int): Height H.
        width (int): Width W.
        seed (int): Seed of the values. Defaults to 0.

    Returns:
        dict: Arguments of `raw`.
    """
    generator = torch.Generator().manual_seed(seed)
    mask = torch.zeros(batch_size, height, width, dtype=torch.bool)
    for row in range(1, batch_size):
        mask[row, height // (row + 1):] = True
        mask[row, :, width - 8 * row:] = True
    inputs = dict(
        img=torch.randn(batch_size, 3, height, width, generator=generator),
        padding_mask=mask)
    if 'clip_img' in raw.input_names:
        size = raw.model.clip_visual.image_size
        inputs['clip_img'] = torch.randn(
            batch_size, 3, size, size, generator=generator)
    return inputs


def dynamic_axes(raw: RawOutputModel) -> Dict[str, Dict[int, str]]:
    """Names of the axes that are free.

    Args:
        raw (RawOutputModel): The model.

    Returns:
        dict: For each input, from the number of an axis to its name.
    """
    shapes = dict(
        img={
            0: 'batch',
            2: 'height',
            3: 'width'
        },
        padding_mask={
            0: 'batch',
            1: 'height',
            2: 'width'
        },
        clip_img={0: 'batch'})
    return {name: shapes[name] for name in raw.input_names}
