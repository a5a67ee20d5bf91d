# Copyright (c) mmhoi contributors.
from typing import Optional

import torch
from torch import Tensor

from mmhoi.structures import SampleList


def padding_mask(batch_data_samples: SampleList,
                 device: torch.device) -> Optional[Tensor]:
    """Where the images of a batch are padded.

    Args:
        batch_data_samples (list[HOIDataSample]): Their meta information holds
            `batch_input_shape` and `img_shape`.
        device (torch.device): Of the mask.

    Returns:
        Tensor | None: True where padded, bool, shape (B, H, W); None if no
        image is.
    """
    height, width = batch_data_samples[0].batch_input_shape
    shapes = [sample.img_shape[:2] for sample in batch_data_samples]
    if all(shape == (height, width) for shape in map(tuple, shapes)):
        return None
    mask = torch.ones(
        len(shapes), height, width, dtype=torch.bool, device=device)
    for image, (img_height, img_width) in zip(mask, shapes):
        image[:img_height, :img_width] = False
    return mask


def shrink_mask(mask: Tensor, height: int, width: int) -> Tensor:
    """The nearest values of a mask, as `F.interpolate` takes them.

    ONNX's Resize counts with the inverse factor: where the source position
    is a whole number, rounding leads it to another one.

    Args:
        mask (Tensor): Shape (B, H, W).
        height (int): Height h.
        width (int): Width w.

    Returns:
        Tensor: Shape (B, h, w).

    Examples:
        >>> shrink_mask(torch.tensor([[[False, True, True, True]]]), 1, 2)
        tensor([[[False,  True]]])
    """
    for dim, size in (1, height), (2, width):
        old_size = torch.full((), mask.size(dim), dtype=torch.float32)
        index = torch.arange(size) * (old_size / size)
        mask = mask.index_select(dim, index.floor().long().to(mask.device))
    return mask
