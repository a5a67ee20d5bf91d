# Copyright (c) mmhoi contributors.
from typing import Any, List

from mmdet.utils import OptConfigType, OptMultiConfig
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn
from torchvision.ops import roi_align

from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from ..layers.projection import linear_norm
from .image_maps import ImageMaps

SOURCES = ('memory', 'neck', 'backbone')


class RoIFeatures(BaseModule):
    """Where crops of boxes come from.

    For boxes from any source: another detector, a file, annotations. Parts of
    a box outside of the map count as zeros.

    Args:
        stride (int): Pixels of the input image for one cell of the map.
        source (str): `memory` (output of a DETR's encoder), `neck` or
            `backbone`. Defaults to `memory`.
        level (int): Which map of neck or backbone, 0 is the finest. Defaults
            to -1, the coarsest.
        roi_size (int): Cells along each side of a box. Defaults to 7.
        backbone (dict, optional): Config of a backbone of its own, for boxes
            without a detector; `source` is `backbone` then. Defaults to None.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the source is unknown, or none of the own backbone.
    """

    def __init__(self,
                 stride: int,
                 source: str = 'memory',
                 level: int = -1,
                 roi_size: int = 7,
                 backbone: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        allowed = SOURCES if backbone is None else ('backbone', )
        if source not in allowed:
            raise ValueError(
                f'instance_features.source="{source}"; allowed'
                f'{"" if backbone is None else " with a backbone of its own"}'
                f': {", ".join(allowed)}')
        self.source = source
        self.level = level
        self.stride = stride
        self.roi_size = roi_size
        self.backbone = backbone and MODELS.build(backbone)

    def check_detector(self, detector: nn.Module) -> None:
        """Make sure that there are feature maps.

        Args:
            detector (nn.Module | None): The detector.

        Raises:
            ValueError: If there is neither a detector nor an own backbone.
        """
        if detector is None and self.backbone is None:
            raise ValueError(
                'detector=None: there are no feature maps; give '
                'instance_features a backbone of its own, '
                'RoIInstanceFeatures(backbone=..., source="backbone")')

    def feature_map(self, maps: ImageMaps) -> Tensor:
        """The map that boxes are cropped from.

        Args:
            maps (ImageMaps): Of the padded images.

        Returns:
            Tensor: Shape (B, C, h, w).

        Raises:
            ValueError: If the detector has no such map.
        """
        feature_map = maps.level(self.source, self.level)
        if feature_map is None:
            raise ValueError(
                f'instance_features.source="{self.source}": the detector has '
                'no such map; allowed: '
                f'{", ".join(s for s in SOURCES if getattr(maps, s))}')
        return feature_map


@MODELS.register_module()
class RoIInstanceFeatures(RoIFeatures):
    """Tokens of boxes: the mean of what a feature map shows in them.

    Args:
        embed_dims (int): Width D of the tokens.
        in_channels (int): Channels C of the map.
        stride (int): Pixels of the input image for one cell of the map.
        **kwargs: source, level, roi_size, backbone, init_cfg, as of
            :class:`RoIFeatures`.

    Attributes:
        proj (nn.Sequential): Projection C -> D.
    """

    def __init__(self, embed_dims: int, in_channels: int, stride: int,
                 **kwargs: Any) -> None:
        super().__init__(stride, **kwargs)
        self.proj = linear_norm(in_channels, embed_dims)

    def forward(self, maps: ImageMaps, instances: List[InstanceData],
                proposals: List[PairProposals]) -> List[Tensor]:
        """Tokens of the boxes of a batch.

        Args:
            maps (ImageMaps): Of the padded images.
            instances (list[InstanceData]): N rows for each image, with bboxes
                (N, 4) xyxy in pixels of the input image.
            proposals (list[PairProposals]): Not used.

        Returns:
            list[Tensor]: Shapes (N, D).
        """
        tokens = self.proj(self.pool(maps, instances))
        return list(tokens.split([len(image) for image in instances]))

    def pool(self, maps: ImageMaps, instances: List[InstanceData]) -> Tensor:
        """What boxes show before it is projected.

        Args:
            maps (ImageMaps): Of the padded images.
            instances (list[InstanceData]): As in `forward`.

        Returns:
            Tensor: Image by image, shape (sum of all N, C).
        """
        feature_map = self.feature_map(maps)
        boxes = [image.bboxes for image in instances]
        return roi_align(
            # Half precision does not resolve boxes.
            feature_map.to(boxes[0].dtype),
            boxes,
            self.roi_size,
            spatial_scale=1 / self.stride,
            sampling_ratio=2,
            aligned=True).mean((2, 3))
