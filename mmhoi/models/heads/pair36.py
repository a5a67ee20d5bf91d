# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor, nn

#: Numbers of an encoded pair.
PAIR_DIMS = 36
EPS = 1e-10


def pair36(boxes: Tensor, img_sizes: Tensor) -> Tensor:
    """Encode how each two of N boxes lie to each other.

    18 numbers and their logarithms (UPT, "pairwise positional encodings"):
    centres and sides of both boxes and their areas, relative to the image;
    the second area relative to the first, aspect ratios, IoU; how far the
    second centre is to the right, to the left, below and above, relative to
    the first box.

    Args:
        boxes (Tensor): xyxy pixels, with an extent, shape (..., N, 4). Rows
            of zeros, as padding, give finite numbers.
        img_sizes (Tensor): Height and width of the images without padding,
            same unit, shape (..., 2).

    Returns:
        Tensor: Entry [..., i, j] encodes first box i and second box j, shape
        (..., N, N, 36).

    Examples:
        >>> boxes = torch.tensor([[0., 0, 4, 4], [4, 0, 8, 4]])
        >>> code = pair36(boxes, torch.tensor([8., 8.]))
        >>> code[0, 1, :4], code[0, 1, 13:16]
        (tensor([0.2500, 0.2500, 0.7500, 0.2500]), tensor([0., 1., 0.]))
    """
    num = boxes.shape[-2]
    height, width = img_sizes[..., None, None, :].float().unbind(-1)
    centres, sides = (boxes[..., :2] + boxes[..., 2:]) / 2, (
        boxes[..., 2:] - boxes[..., :2])
    # First boxes along the rows, second ones along the columns.
    first, second = (
        torch.cat([centres, sides],
                  -1).unsqueeze(dim).expand(*boxes.shape[:-2], num, num,
                                            4).unbind(-1) for dim in (-2, -3))
    cx1, cy1, w1, h1 = first
    cx2, cy2, w2, h2 = second
    area1, area2 = w1 * h1, w2 * h2
    dx, dy = (cx2 - cx1) / (w1 + EPS), (cy2 - cy1) / (h1 + EPS)
    code = torch.stack([
        cx1 / width, cy1 / height, cx2 / width, cy2 / height, w1 / width,
        h1 / height, w2 / width, h2 / height, area1 / (height * width), area2 /
        (height * width), area2 / (area1 + EPS), w1 / (h1 + EPS), w2 /
        (h2 + EPS),
        pairwise_iou(boxes),
        dx.clamp(min=0), (-dx).clamp(min=0),
        dy.clamp(min=0), (-dy).clamp(min=0)
    ], -1)
    return torch.cat([code, (code + EPS).log()], -1)


def pairwise_iou(boxes: Tensor) -> Tensor:
    """IoU of N boxes with each other.

    Args:
        boxes (Tensor): xyxy, shape (..., N, 4).

    Returns:
        Tensor: Shape (..., N, N).

    Examples:
        >>> pairwise_iou(torch.tensor([[0., 0, 2, 2], [1, 0, 3, 2]]))
        tensor([[1.0000, 0.3333],
                [0.3333, 1.0000]])
    """
    first, second = boxes.unsqueeze(-2), boxes.unsqueeze(-3)
    sides = (
        torch.minimum(first[..., 2:], second[..., 2:]) -
        torch.maximum(first[..., :2], second[..., :2]))
    overlap = sides.clamp(min=0).prod(-1)
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    union = areas.unsqueeze(-1) + areas.unsqueeze(-2) - overlap
    return overlap / union.clamp(min=EPS)


def pair36_encoder(out_dims: int) -> nn.Sequential:
    """Layers that encode `pair36` further, as UPT and PViC have them.

    Args:
        out_dims (int): Width of the encodings.

    Returns:
        nn.Sequential: Three linear layers with ReLU.
    """
    return nn.Sequential(
        nn.Linear(PAIR_DIMS, 128), nn.ReLU(), nn.Linear(128, 256), nn.ReLU(),
        nn.Linear(256, out_dims), nn.ReLU())
