# Copyright (c) mmhoi contributors.
from typing import Any

from torch import Tensor

from mmhoi.registry import MODELS
from ...layers.projection import linear_norm
from ..class_set import ClassSet
from .text_hois import TextHOIClassifier


@MODELS.register_module()
class ProjectedTextHOIClassifier(TextHOIClassifier):
    """HOI logits by similarity to texts, of features projected to their space.

    GEN-VLKT, section "Visual-linguistic knowledge transfer": features have
    the detector's width D and get to CLIP's joint space here.

    Args:
        embed_dims (int): Width D of the features.
        classes (ClassSet): The classes.
        **kwargs: As of :class:`TextHOIClassifier`.
    """

    def __init__(self, embed_dims: int, classes: ClassSet,
                 **kwargs: Any) -> None:
        super().__init__(embed_dims, classes, **kwargs)
        self.proj = linear_norm(embed_dims, self.texts.embed_dims)

    def embed(self, features: Tensor) -> Tensor:
        """Project features (..., D) to (..., E)."""
        return self.proj(features)
