# Copyright (c) mmhoi contributors.
import torch
from mmdet.models.task_modules.coders.delta_xywh_bbox_coder import bbox2delta
from torch import Tensor, nn

from mmhoi.registry import MODELS
from .pair_rows import PairRows


@MODELS.register_module()
class BoxPairOffsets(nn.Module):
    """How two boxes lie to each other, as 12 numbers.

    Offset of the centres and logarithm of the sizes, relative to the first of
    two boxes, as box regression has them: of the human to the object, and of
    both to the smallest box around them.

    Attributes:
        out_dims (int): 12.
    """

    out_dims = 12

    def forward(self, rows: PairRows) -> Tensor:
        """Encode pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            Tensor: Shape (M, 12).

        Examples:
            >>> boxes = torch.tensor([[0., 0, 4, 4]])
            >>> rows = PairRows(None, None, None, boxes, boxes + 4, None, None)
            >>> BoxPairOffsets()(rows)[0, :4]
            tensor([-1., -1.,  0.,  0.])
        """
        subs, objs = rows.sub_boxes.float(), rows.obj_boxes.float()
        both = torch.cat([
            torch.minimum(subs[:, :2], objs[:, :2]),
            torch.maximum(subs[:, 2:], objs[:, 2:])
        ], 1)
        # Detected boxes may have lost their extent at the edge of the image.
        subs, objs, both = (
            torch.cat([box[:, :2], (box[:, 2:]).maximum(box[:, :2] + 1)], 1)
            for box in (subs, objs, both))
        offsets = [
            bbox2delta(first, second, means=(0, ) * 4, stds=(1, ) * 4)
            for first, second in ((objs, subs), (both, subs), (both, objs))
        ]
        return torch.cat(offsets, 1)
