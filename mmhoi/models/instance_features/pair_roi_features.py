# Copyright (c) mmhoi contributors.
from copy import deepcopy
from typing import List, NamedTuple

import torch
import torch.nn.functional as F
from mmdet.utils import ConfigType
from mmengine.structures import InstanceData
from torch import Tensor, nn
from torchvision.models.detection.faster_rcnn import TwoMLPHead
from torchvision.ops import roi_align

from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from .image_maps import ImageMaps
from .roi_features import RoIFeatures

MODES = ('roi_align', 'corner_samples')
# Flatten, linear, ReLU, linear, ReLU: the head of torchvision's Faster R-CNN.
MODELS.register_module(module=TwoMLPHead)


class PairCrops(NamedTuple):
    """What the boxes of an image show: N boxes, M pairs, C channels.

    Attributes:
        sub (Tensor): Each box as a human, shape (N, C).
        obj (Tensor): Each box as an object, shape (N, C).
        union (Tensor): The smallest box around each pair, shape (M, C).
    """
    sub: Tensor
    obj: Tensor
    union: Tensor


@MODELS.register_module()
class PairRoIFeatures(RoIFeatures):
    """Crops of humans, of objects and of both together.

    VCL (https://arxiv.org/abs/2007.12407): crops of humans and of unions go
    through one layer, those of objects through another of the same form.

    Args:
        crop_layer (dict): Config of the layer: crops (R, C', S, S) to vectors
            (R, C), or to maps, whose mean is taken. `TwoMLPHead`
            (torchvision's: in_channels=S * S * C', representation_size=C) or
            `mmdet.ResLayer`, say.
        mode (str): `roi_align`, or `corner_samples`: bilinear samples at S
            points of each side, from corner to corner, as the official code
            takes them. Defaults to `roi_align`.
        **kwargs: stride, source, level, roi_size, backbone, init_cfg, as of
            :class:`RoIFeatures`.

    Raises:
        ValueError: If mode or source is unknown.
    """

    def __init__(self,
                 crop_layer: ConfigType,
                 mode: str = 'roi_align',
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if mode not in MODES:
            raise ValueError(f'instance_features.mode="{mode}"; allowed: '
                             f'{", ".join(MODES)}')
        self.mode = mode
        self.human_layer = MODELS.build(crop_layer)
        # Both begin with the same weights, as in the official code.
        self.object_layer = deepcopy(self.human_layer)

    def init_weights(self) -> None:
        """Initialise the weights; the two layers begin alike."""
        super().init_weights()
        self.object_layer.load_state_dict(self.human_layer.state_dict())

    def forward(self, maps: ImageMaps, instances: List[InstanceData],
                proposals: List[PairProposals]) -> List[PairCrops]:
        """Crops of a batch.

        Args:
            maps (ImageMaps): Of the padded images.
            instances (list[InstanceData]): N rows for each image, with bboxes
                (N, 4) xyxy in pixels of the input image.
            proposals (list[PairProposals]): M pairs of each image.

        Returns:
            list[PairCrops]: Of each image.
        """
        boxes = [image.bboxes for image in instances]
        unions = [union_boxes(image) for image in proposals]
        feature_map = self.feature_map(maps)
        crops = self._crop(feature_map, boxes)
        pooled = [
            _vectors(self.human_layer, crops),
            _vectors(self.object_layer, crops),
            _vectors(self.human_layer, self._crop(feature_map, unions))
        ]
        rows = [[len(image) for image in boxes]] * 2
        rows.append([len(image) for image in unions])
        return [
            PairCrops(*image)
            for image in zip(*(table.split(count)
                               for table, count in zip(pooled, rows)))
        ]

    def _crop(self, feature_map: Tensor, boxes: List[Tensor]) -> Tensor:
        """Crops of all images, shape (R, C', S, S)."""
        # Half precision does not resolve boxes.
        feature_map = feature_map.to(boxes[0].dtype)
        if self.mode == 'roi_align':
            return roi_align(
                feature_map,
                boxes,
                self.roi_size,
                spatial_scale=1 / self.stride,
                sampling_ratio=2,
                aligned=True)
        return torch.cat([
            corner_samples(image, rois / self.stride, self.roi_size)
            for image, rois in zip(feature_map, boxes)
        ])


def union_boxes(proposals: PairProposals) -> Tensor:
    """The smallest box around the two boxes of each pair.

    Args:
        proposals (PairProposals): M pairs.

    Returns:
        Tensor: xyxy in pixels of the input image, shape (M, 4).

    Examples:
        >>> union_boxes(PairProposals(
        ...     torch.tensor([[0., 0, 4, 4], [2, 1, 9, 3]]), torch.zeros(2),
        ...     torch.ones(2), torch.tensor([0]), torch.tensor([1])))
        tensor([[0., 0., 9., 4.]])
    """
    subs = proposals.boxes[proposals.sub_inds]
    objs = proposals.boxes[proposals.obj_inds]
    return torch.cat([
        torch.minimum(subs[:, :2], objs[:, :2]),
        torch.maximum(subs[:, 2:], objs[:, 2:])
    ], 1)


def corner_samples(feature_map: Tensor, boxes: Tensor, size: int) -> Tensor:
    """Bilinear samples of a map at a grid from corner to corner of boxes.

    What TensorFlow's `crop_and_resize` computes. Points outside of the map
    are 0.

    Args:
        feature_map (Tensor): Of one image, shape (C, h, w).
        boxes (Tensor): xyxy in cells of the map, shape (R, 4).
        size (int): Points S along each side.

    Returns:
        Tensor: Shape (R, C, S, S).

    Examples:
        >>> corner_samples(torch.arange(4.).reshape(1, 2, 2),
        ...                torch.tensor([[0., 0, 1, 1]]), 3)
        tensor([[[[0.0000, 0.5000, 1.0000],
                  [1.0000, 1.5000, 2.0000],
                  [2.0000, 2.5000, 3.0000]]]])
    """
    steps = torch.linspace(0, 1, size, device=boxes.device, dtype=boxes.dtype)
    last = boxes.new_tensor(feature_map.shape[:0:-1]) - 1
    corner, sides = boxes[:, None, :2], boxes[:, 2:] - boxes[:, :2]
    points = corner + steps[:, None] * sides[:, None]
    inside = (points >= 0) & (points <= last)
    # A map of one cell has no extent to be divided by.
    points = points / last.clamp(min=1) * 2 - 1
    xs, ys = points.unbind(-1)
    grid = torch.stack(
        torch.broadcast_tensors(xs[:, None, :], ys[:, :, None]), -1)
    crops = F.grid_sample(
        feature_map.expand(len(boxes), -1, -1, -1),
        grid,
        padding_mode='border',
        align_corners=True)
    inside = inside[:, :, None, 1] & inside[:, None, :, 0]
    return crops * inside[:, None]


def _vectors(layer: nn.Module, crops: Tensor) -> Tensor:
    """Crops (R, C', S, S) as vectors (R, C)."""
    out = layer(crops)
    return out.mean((2, 3)) if out.dim() == 4 else out
