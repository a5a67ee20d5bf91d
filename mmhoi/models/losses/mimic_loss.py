# Copyright (c) mmhoi contributors.
from typing import Dict, List

from mmdet.models.losses import L1Loss
from torch import Tensor

from mmhoi.registry import MODELS


@MODELS.register_module()
class MimicLoss(L1Loss):
    """Distillation of CLIP's image feature: an auxiliary loss of a pair head.

    The mean HOI feature of all queries shall be what CLIP sees in the whole
    image (GEN-VLKT, section "Visual-linguistic knowledge transfer"). Neither
    of them is normalised.

    Args:
        **kwargs: Arguments of `mmdet.L1Loss`, such as `loss_weight`.

    Examples:
        >>> import torch
        >>> features = torch.tensor([[[[1.0], [3.0]]]])
        >>> MimicLoss()(dict(interaction_features=features,
        ...                  clip_feature=torch.tensor([[1.5]])))
        [tensor(0.5000)]
    """

    def forward(self, outputs: Dict[str, Tensor]) -> List[Tensor]:
        """Losses of the layers.

        Args:
            outputs (dict): Of `PairHead.forward`: interaction_features in
                CLIP's space, (L, B, Q, E), and clip_feature (B, E), the
                teacher's.

        Returns:
            list[Tensor]: A scalar for each of the L layers.

        Raises:
            ValueError: If there is no feature of the teacher.
        """
        if 'clip_feature' not in outputs:
            raise ValueError(
                'MimicLoss (config key `bbox_head.auxiliary_losses`) needs '
                'what CLIP sees, but the inputs have no clip_img; add the '
                'transform CLIPView to the pipeline')
        forward = super().forward
        return [
            forward(mean, outputs['clip_feature'])
            for mean in outputs['interaction_features'].mean(2)
        ]
