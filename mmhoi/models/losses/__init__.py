# Copyright (c) mmhoi contributors.
from .interaction_focal_loss import InteractionFocalLoss
from .interaction_mean_bce_loss import InteractionMeanBCELoss
from .mimic_loss import MimicLoss
from .object_loss import build_object_loss, object_loss
from .prior_focal_loss import PriorFocalLoss

__all__ = [
    'InteractionFocalLoss', 'InteractionMeanBCELoss', 'MimicLoss',
    'PriorFocalLoss', 'build_object_loss', 'object_loss'
]
