# Copyright (c) mmhoi contributors.
from copy import copy, deepcopy
from typing import Any, Optional

import torch
import torch.nn.functional as F
from mmdet.utils import ConfigType, OptMultiConfig
from torch import Tensor, nn

from mmhoi.registry import MODELS
from mmhoi.utils.setup_error import SetupError
from ...vision_language.clip_text import encode_texts
from ...vision_language.text_classifier import TextEmbeddingClassifier
from ..class_set import ClassSet
from ..score_rules import sum_with_squared_object
from ..selection import CombinationScores
from .base import InteractionClassifier

#: Cosine of two embeddings of one text; halves of precision change it less.
SAME_TEXT = 0.98


@MODELS.register_module()
class TextHOIClassifier(InteractionClassifier):
    """HOI logits by similarity to the text embeddings of the HOIs.

    Features are in CLIP's joint space already. See the base class for the
    symbols; here C = H, and E is the width of the joint space.

    Args:
        embed_dims (int): Width of the features.
        classes (ClassSet): The classes.
        clip (dict): `model_name` and `pretrained` of the CLIP model whose
            text embeddings the classifier starts from.
        init_cfg (dict, optional): Initialisation config. Defaults to None.
        **texts: `frozen`, `bias`, `fixed_eval` of
            :class:`TextEmbeddingClassifier`.

    Attributes:
        texts (TextEmbeddingClassifier): Weights (H, E) and scale.
    """

    CLASS_ROWS = {
        'texts.weight': 'hois',
        'texts.bias': 'train_hois',
        'texts.eval_weight': 'hois',
        'texts.eval_bias': 'hois'
    }

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: ConfigType,
                 init_cfg: OptMultiConfig = None,
                 **texts: Any) -> None:
        super().__init__(embed_dims, classes, init_cfg=init_cfg)
        self.clip = clip
        # Of trained ones nobody can tell which CLIP has read them.
        self.known_text = classes.label_space.hoi_prompts[0] if texts.get(
            'frozen', True) else None
        self.texts = TextEmbeddingClassifier(
            texts=classes.label_space.hoi_prompts,
            clip=clip,
            train_ids=classes.train_ids,
            **texts)

    @property
    def num_classes(self) -> int:
        """int: Number H of HOIs."""
        return self.texts.num_classes

    @property
    def train_ids(self) -> Optional[Tensor]:
        """Tensor | None: Ids of the HOIs that training sees."""
        return self.texts.train_ids

    def forward(self, features: Tensor, seen_only: bool = False) -> Tensor:
        """HOI logits, (..., H) or (..., T); see the base class."""
        return self.texts(features, seen_only)

    def score(self, logits: Tensor, obj_scores: Tensor,
              bonus: Any) -> CombinationScores:
        """HOI probability + bonus + squared object probability."""
        return sum_with_squared_object(logits.sigmoid(), obj_scores,
                                       self.hoi_objects, bonus)

    def image_logits(self, clip_feature: Tensor) -> Tensor:
        """Cosines of images to the texts, (B, H); see the base class."""
        return F.linear(F.normalize(clip_feature, dim=-1), self.texts.weight)

    def with_vocabulary(self,
                        vocabulary: Any,
                        use_cache: bool = True) -> 'TextHOIClassifier':
        """The part with texts instead of the HOIs of its training.

        A prompt of the label space keeps its trained row and bias; others
        get the mean bias, if there is a bias. See the base class.
        """
        return self._with_embeddings(vocabulary,
                                     self._encode_new(vocabulary, use_cache))

    def _encode_new(self, vocabulary: Any, use_cache: bool) -> Tensor:
        """Embeddings of the texts that are no prompts here, else 0, (H', E).
        """
        is_new = vocabulary.prompt_hois < 0
        embeddings = self.texts.weight.new_zeros(
            len(is_new), self.texts.embed_dims)
        prompts = [
            text for text, new in zip(vocabulary.prompts, is_new) if new
        ]
        if prompts:
            self._check_clip(use_cache)
            embeddings[torch.from_numpy(is_new)] = encode_texts(
                texts=prompts, use_cache=use_cache, **self.clip).to(embeddings)
        return embeddings

    def _check_clip(self, use_cache: bool) -> None:
        """Refuse a CLIP that is not the one of the training."""
        if self.known_text is None:
            return
        text, = encode_texts(
            texts=[self.known_text], use_cache=use_cache, **self.clip)
        row = self.texts.weight[0].detach().cpu().float()
        if len(row) == len(text) and row @ text > SAME_TEXT:
            return
        raise SetupError(
            'own texts would be read by another CLIP than those of the '
            f'training: {self.clip["model_name"]} with pretrained='
            f'{self.clip.get("pretrained")!r} makes other numbers of '
            f'"{self.known_text}" than the checkpoint has; give the config of '
            'the training (model.clip)')

    def _with_embeddings(self, vocabulary: Any,
                         embeddings: Tensor) -> 'TextHOIClassifier':
        """The part with other rows; it shares all else."""
        other = copy(self)
        other._modules = dict(self._modules)
        other._buffers = dict(self._buffers)
        other.texts = _with_rows(self.texts, vocabulary, embeddings)
        device = self.hoi_verbs.device
        other.hoi_objects = torch.from_numpy(vocabulary.hoi_objects).to(device)
        other.hoi_verbs = torch.from_numpy(vocabulary.hoi_verbs).to(device)
        return other


def _with_rows(trained: TextEmbeddingClassifier, vocabulary: Any,
               embeddings: Tensor) -> TextEmbeddingClassifier:
    """The classifier with other rows, all else as in training."""
    classifier = deepcopy(trained)
    hois = torch.from_numpy(vocabulary.prompt_hois).to(embeddings.device)
    is_new = hois < 0
    for name in ('weight', 'eval_weight', 'bias', 'eval_bias'):
        rows = getattr(trained, name, None)
        # With training classes of their own, `bias` is for these only.
        if rows is None or name == 'bias' and trained.train_ids is not None:
            continue
        new = embeddings if rows.ndim == 2 else rows.detach().mean()
        rows = torch.where(is_new[:, None] if rows.ndim == 2 else is_new, new,
                           rows.detach()[hois])
        setattr(classifier, name, nn.Parameter(rows, requires_grad=False))
    return classifier
