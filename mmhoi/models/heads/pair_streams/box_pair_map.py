# Copyright (c) mmhoi contributors.
import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmhoi.registry import MODELS
from .pair_rows import PairRows


@MODELS.register_module()
class BoxPairMap(BaseModule):
    """How two boxes lie to each other, as a picture read by two convolutions.

    The spatial stream of VCL and its kin: two channels of `map_size` cells,
    two convolutions of 5 x 5, each with ReLU and max pooling.

    Args:
        map_size (int): Cells of each side. Defaults to 64.
        channels (tuple[int, int]): Of the convolutions. Defaults to (64, 32).
        init_cfg (dict, optional): Initialisation config.

    Attributes:
        out_dims (int): Width of the result.
    """

    def __init__(
        self,
        map_size: int = 64,
        channels: tuple = (64, 32),
        init_cfg: dict = dict(type='Xavier', layer='Conv2d')
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.map_size = map_size
        first, second = channels
        self.convs = nn.Sequential(
            nn.Conv2d(2, first, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(first, second, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten())
        side = ((map_size - 4) // 2 - 4) // 2
        self.out_dims = second * side**2

    def forward(self, rows: PairRows) -> Tensor:
        """Encode pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            Tensor: Shape (M, out_dims).
        """
        maps = box_pair_map(rows.sub_boxes, rows.obj_boxes, self.map_size)
        return self.convs(maps.to(rows.sub))


def box_pair_map(sub_boxes: Tensor,
                 obj_boxes: Tensor,
                 size: int = 64) -> Tensor:
    """Draw both boxes of each pair into the frame of their union.

    The longer side of the union is `size` cells; along the shorter one the
    boxes are in the middle. Pixels are inclusive, as in the official code of
    iCAN and VCL.

    Args:
        sub_boxes (Tensor): xyxy in pixels of any image scale, shape (M, 4).
        obj_boxes (Tensor): Likewise.
        size (int): Cells of each side. Defaults to 64.

    Returns:
        Tensor: 1 inside of the human, and of the object, else 0, bool, shape
        (M, 2, size, size).

    Examples:
        >>> maps = box_pair_map(torch.tensor([[0., 0, 9, 4]]),
        ...                     torch.tensor([[5., 0, 9, 4]]), 10)
        >>> maps.sum((2, 3))
        tensor([[50, 25]])
    """
    # Rounding decides about cells.
    boxes = torch.stack([sub_boxes, obj_boxes], 1).double()
    corner = boxes[..., :2].amin(1)
    sides = boxes[..., 2:].amax(1) - corner + 1
    # 0 or 1: x or y is the longer side.
    long = (sides[:, 1] > sides[:, 0]).long()
    pairs = torch.arange(len(boxes), device=boxes.device)
    inclusive = boxes.new_tensor([0, 0, 1, 1])
    scale = size / sides[pairs, long]
    boxes = (boxes - corner.repeat(1, 2)[:, None] +
             inclusive) * scale[:, None, None] - inclusive
    ends = boxes[..., 2:]
    # Of the box that reaches furthest along the longer side, exactly.
    along = ends[pairs, :, long]
    reaches = (along[:, 0] <= along[:, 1]).long()
    middle = size / 2 - (ends[pairs, :, 1 - long].amax(1) + 1) / 2
    boxes[pairs, reaches, 2 + long] = size - 1
    boxes[pairs, :, 1 - long] += middle[:, None]
    boxes[pairs, :, 3 - long] += middle[:, None]
    x1, y1, x2, y2 = boxes.round().unsqueeze(-1).unbind(2)
    cells = torch.arange(size, device=boxes.device)
    columns = (cells >= x1) & (cells <= x2)
    lines = (cells >= y1) & (cells <= y2)
    return lines.unsqueeze(-1) & columns.unsqueeze(-2)
