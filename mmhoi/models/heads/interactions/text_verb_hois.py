# Copyright (c) mmhoi contributors.
from typing import Any

from mmdet.utils import ConfigType
from torch import Tensor

from mmhoi.registry import MODELS
from ...vision_language.verb_classifier import CLIPVerbClassifier
from ..class_set import ClassSet
from .own_verb_classifier import own_verb_classifier
from .text_hois import TextHOIClassifier


@MODELS.register_module()
class TextVerbHOIClassifier(TextHOIClassifier):
    """HOI logits from the texts of HOIs and from a verb branch.

    HOICLIP, sections "Verb classification" and "Training and inference": the
    similarity to the text of the HOI + `verb_weight` * logit of its verb.

    Args:
        embed_dims (int): Width of the features.
        classes (ClassSet): The classes.
        clip (dict): As of :class:`TextHOIClassifier`.
        verbs (dict): `hidden_dims`, `embeddings`, `strict`,
            `official_vcoco_table` of :class:`CLIPVerbClassifier`.
        verb_weight (float): Weight of its logits. Defaults to 0.5.
        **kwargs: As of :class:`TextHOIClassifier`.

    Attributes:
        verbs (CLIPVerbClassifier): The verb branch.
    """

    CLASS_ROWS = {**TextHOIClassifier.CLASS_ROWS, 'verbs.weight': 'verbs'}

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: ConfigType,
                 verbs: ConfigType,
                 verb_weight: float = 0.5,
                 **kwargs: Any) -> None:
        super().__init__(embed_dims, classes, clip=clip, **kwargs)
        self.verb_weight = verb_weight
        space = classes.label_space
        self.verbs = CLIPVerbClassifier(
            verb_to_hoi=space.verb_to_hoi(),
            embed_dims=self.texts.embed_dims,
            texts=space.hoi_prompts,
            clip=clip,
            train_ids=classes.train_ids,
            zero_shot_split=classes.zero_shot_split,
            label_space=space.name,
            verb_names=space.verbs,
            **verbs)

    def forward(self, features: Tensor, seen_only: bool = False) -> Tensor:
        """HOI logits, (..., H) or (..., T); see the base class."""
        logits = super().forward(features, seen_only)
        _, verb_logits = self.verbs(features, self.texts.scale, seen_only)
        return logits + self.verb_weight * verb_logits

    def _with_embeddings(self, vocabulary: Any,
                         embeddings: Tensor) -> 'TextVerbHOIClassifier':
        """The part with other rows and the verb embedding of each text.

        A text with a verb of the label space keeps the trained embedding of
        that verb. An unknown verb gets the normalised mean of the embeddings
        of its texts, as an unseen verb does in training from texts.
        """
        other = super()._with_embeddings(vocabulary, embeddings)
        other.verbs = own_verb_classifier(self.verbs, vocabulary, embeddings)
        return other
