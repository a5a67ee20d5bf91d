# Copyright (c) mmhoi contributors.
from typing import Any

from mmdet.utils import ConfigType, OptMultiConfig
from mmengine.model import BaseModule
from torch import Tensor

from mmhoi.registry import MODELS
from ...layers.projection import linear_norm
from ...vision_language.text_classifier import TextEmbeddingClassifier
from ..class_set import ClassSet


@MODELS.register_module()
class TextObjectClassifier(BaseModule):
    """Object logits by similarity to texts, as in GEN-VLKT and HOICLIP.

    Symbols: D width of the object states, E width of CLIP's joint space, O
    objects.

    Args:
        embed_dims (int): Width D.
        classes (ClassSet): The classes.
        clip (dict): `model_name` and `pretrained` of the CLIP model whose
            text embeddings the classifier starts from.
        init_cfg (dict, optional): Initialisation config. Defaults to None.
        **texts: `frozen`, `bias` of :class:`TextEmbeddingClassifier`.

    Attributes:
        proj (nn.Sequential): Projection D -> E.
        texts (TextEmbeddingClassifier): Weights (O + 1, E) and scale.
    """

    CLASS_ROWS = {'texts.weight': 'objects', 'texts.bias': 'objects'}

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: ConfigType,
                 init_cfg: OptMultiConfig = None,
                 **texts: Any) -> None:
        super().__init__(init_cfg=init_cfg)
        classifier = TextEmbeddingClassifier(
            texts=classes.label_space.object_prompts, clip=clip, **texts)
        self.proj = linear_norm(embed_dims, classifier.embed_dims)
        self.texts = classifier

    def forward(self, states: Tensor) -> Tensor:
        """Classify objects.

        Args:
            states (Tensor): Object states, shape (..., D).

        Returns:
            Tensor: Logits, background last, shape (..., O + 1).
        """
        return self.texts(self.proj(states))
