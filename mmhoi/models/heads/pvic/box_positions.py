# Copyright (c) mmhoi contributors.
import math
from typing import NamedTuple

import torch
from torch import Tensor

#: Of the sines, in PViC.
TEMPERATURE = 20
#: Least side of a box, relative to the image, that a centre is divided by.
#: The official code divides by zero.
LEAST_SIDE = 1e-4


class BoxPositions(NamedTuple):
    """Where boxes are, as sines.

    Attributes:
        boxes (Tensor): Of centre and sides, shape (..., N, 2D).
        centres (Tensor): Of the centre, the half of y modulated by the height
            and that of x by the width, shape (..., N, D).
    """
    boxes: Tensor
    centres: Tensor


def box_positions(boxes: Tensor, img_sizes: Tensor, references: Tensor,
                  embed_dims: int) -> BoxPositions:
    """Encode where boxes are (PViC, "positional embeddings").

    Args:
        boxes (Tensor): xyxy pixels, shape (..., N, 4).
        img_sizes (Tensor): Height and width of the images without padding,
            same unit, shape (..., 2).
        references (Tensor): Reference width and height, 0..1, relative to the
            image, by which centres are modulated, shape (..., N, 2).
        embed_dims (int): Width D, a multiple of 4.

    Returns:
        BoxPositions: Finite, also of boxes without extent.

    Examples:
        >>> boxes = torch.tensor([[0., 0, 4, 4]])
        >>> codes = box_positions(boxes, torch.tensor([8., 8.]),
        ...                       torch.full((1, 2), 0.5), 8)
        >>> codes.boxes.shape, codes.centres.shape
        (torch.Size([1, 16]), torch.Size([1, 8]))
    """
    scale = img_sizes.flip(-1).to(boxes).unsqueeze(-2)
    centres = (boxes[..., :2] + boxes[..., 2:]) / 2 / scale
    sides = (boxes[..., 2:] - boxes[..., :2]) / scale
    codes = [_sines(value, embed_dims // 2) for value in (centres, sides)]
    factors = (references / sides.clamp(min=LEAST_SIDE)).flip(-1)
    centre_codes = (codes[0].unflatten(-1, (2, -1)) *
                    factors.unsqueeze(-1)).flatten(-2)
    return BoxPositions(torch.cat(codes, -1), centre_codes)


def _sines(values: Tensor, num: int) -> Tensor:
    """Sines and cosines in turn, y before x; (..., 2) to (..., 2 num)."""
    steps = torch.arange(num // 2, device=values.device)
    rates = 2 * math.pi / TEMPERATURE**(2 * steps / num)
    angles = values.flip(-1).unsqueeze(-1) * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-3)
