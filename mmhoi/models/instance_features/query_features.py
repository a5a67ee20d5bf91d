# Copyright (c) mmhoi contributors.
from typing import List

from mmdet.models.detectors import DETR
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from .image_maps import ImageMaps


@MODELS.register_module()
class QueryInstanceFeatures(nn.Module):
    """Tokens of boxes: the states of the queries that a DETR found them with.

    As in UPT and PViC: those of the last decoder layer, normalised. There are
    none for boxes that come from elsewhere.
    """

    #: Feature maps that are needed besides the backbone's.
    source = None
    #: Own backbone; None: the detector's maps are used.
    backbone = None

    def check_detector(self, detector: nn.Module) -> None:
        """Make sure that the detector has queries.

        Args:
            detector (nn.Module | None): The detector.

        Raises:
            ValueError: If it has none.
        """
        if not isinstance(detector, DETR):
            raise ValueError(
                'instance_features=QueryInstanceFeatures takes the states of '
                "a DETR's queries, but the detector is "
                f'{type(detector).__name__}; allowed: mmdet.DETR and its '
                'subclasses, or instance_features=RoIInstanceFeatures with '
                'any detector')

    def forward(self, maps: ImageMaps, instances: List[InstanceData],
                proposals: List[PairProposals]) -> List[Tensor]:
        """Tokens of the boxes of a batch.

        Args:
            maps (ImageMaps): Not used.
            instances (list[InstanceData]): N rows for each image, with
                query_states (N, D).
            proposals (list[PairProposals]): Not used.

        Returns:
            list[Tensor]: Shapes (N, D).

        Raises:
            ValueError: If the boxes are not the detector's.
        """
        for image in instances:
            if 'query_states' not in image:
                raise ValueError(
                    'instance_features=QueryInstanceFeatures needs the '
                    "detector's own boxes, but the data samples bring "
                    'det_instances; use RoIInstanceFeatures, or leave the '
                    'transform out that adds them')
        return [image.query_states for image in instances]
