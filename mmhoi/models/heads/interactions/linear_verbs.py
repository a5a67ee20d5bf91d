# Copyright (c) mmhoi contributors.
from typing import Any

from mmdet.utils import OptConfigType, OptMultiConfig
from torch import Tensor, nn

from mmhoi.registry import MODELS
from ..class_set import ClassSet
from ..score_rules import product_with_top_object
from ..selection import CombinationScores
from .base import InteractionClassifier


@MODELS.register_module()
class LinearVerbClassifier(InteractionClassifier):
    """Verb logits by a linear layer (QPIC, section "Detection heads").

    Any number of verbs may be true of a pair. See the base class for the
    symbols; here C = V.

    Args:
        embed_dims (int): Width D of the features.
        classes (ClassSet): The classes.
        clip (dict, optional): Not used: there are no texts.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Attributes:
        weight (Parameter): Weights of the verbs, shape (V, D).
        bias (Parameter): Shape (V, ).
    """

    label_field = 'verb_labels'
    CLASS_ROWS = dict(weight='verbs', bias='verbs')

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(embed_dims, classes, init_cfg=init_cfg)
        layer = nn.Linear(embed_dims, len(classes.label_space.verbs))
        self.weight, self.bias = layer.weight, layer.bias

    @property
    def num_classes(self) -> int:
        """int: Number V of verbs."""
        return len(self.weight)

    def forward(self, features: Tensor, seen_only: bool = False) -> Tensor:
        """Verb logits, (..., V): a zero-shot split leaves no verb out."""
        return nn.functional.linear(features, self.weight, self.bias)

    def score(self, logits: Tensor, obj_scores: Tensor,
              bonus: Any) -> CombinationScores:
        """Verb probability * probability of the best object."""
        return product_with_top_object(logits.sigmoid(), obj_scores,
                                       self.hoi_objects, self.hoi_verbs)
