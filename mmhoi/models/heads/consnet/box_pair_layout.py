# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor


def box_pair_layout(sub_boxes: Tensor, obj_boxes: Tensor) -> Tensor:
    """How two boxes lie to each other, in eight numbers.

    x1, x2, y1, y2 of the human and of the object, from the corner of the
    smallest box around both, divided by its area, as in ConsNet's code: not by
    its sides, so that the numbers depend on the scale of the image.

    Args:
        sub_boxes (Tensor): xyxy in pixels of the input image, shape (M, 4).
        obj_boxes (Tensor): Likewise.

    Returns:
        Tensor: Shape (M, 8).

    Examples:
        >>> box_pair_layout(torch.tensor([[0., 0, 4, 4]]),
        ...                 torch.tensor([[2., 0, 9, 9]])) * 100
        tensor([[0., 4., 0., 4., 2., 9., 0., 9.]])
    """
    boxes = torch.stack([sub_boxes, obj_boxes], 1)
    corner = boxes[..., :2].amin(1)
    area = (boxes[..., 2:].amax(1) - corner + 1).prod(1)
    boxes = (boxes - corner.repeat(1, 2)[:, None]) / area[:, None, None]
    return boxes[..., [0, 2, 1, 3]].flatten(1)
