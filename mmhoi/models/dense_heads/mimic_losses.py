# Copyright (c) mmhoi contributors.
from typing import Callable, Dict, Optional

from torch import Tensor


def mimic_losses(loss: Callable, hoi_features: Tensor,
                 clip_feature: Optional[Tensor]) -> Dict[str, Tensor]:
    """Distillation of CLIP's image feature, for each layer.

    The mean HOI feature of all queries shall be what CLIP sees in the whole
    image (GEN-VLKT, section "Visual-linguistic knowledge transfer"). Neither
    of them is normalised.

    Args:
        loss (Callable): Loss of two tensors of shape (B, E).
        hoi_features (Tensor): HOI features in CLIP's space, (L, B, Q, E).
        clip_feature (Tensor, optional): The teacher's image features,
            (B, E).

    Returns:
        dict: loss_mimic of the last layer and, with the prefix `d{i}.`, of
        the layers before it.

    Raises:
        ValueError: If there is no feature of the teacher.

    Examples:
        >>> import torch
        >>> import torch.nn.functional as F
        >>> features = torch.tensor([[[[1.0], [3.0]]]])
        >>> mimic_losses(F.l1_loss, features, torch.tensor([[1.5]]))
        {'loss_mimic': tensor(0.5000)}
    """
    if clip_feature is None:
        raise ValueError(
            'bbox_head.loss_mimic needs what CLIP sees, but the inputs have '
            'no clip_img; add the transform CLIPView to the pipeline')
    means = hoi_features.mean(2)
    names = [f'd{i}.loss_mimic' for i in range(len(means) - 1)]
    return {
        name: loss(mean, clip_feature)
        for name, mean in zip([*names, 'loss_mimic'], means)
    }
