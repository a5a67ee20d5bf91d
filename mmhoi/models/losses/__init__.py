# Copyright (c) mmhoi contributors.
from .interaction_focal_loss import InteractionFocalLoss
from .interaction_mean_bce_loss import InteractionMeanBCELoss
from .mimic_loss import MimicLoss
from .object_loss import build_object_loss, object_loss

__all__ = [
    'InteractionFocalLoss', 'InteractionMeanBCELoss', 'MimicLoss',
    'build_object_loss', 'object_loss'
]
