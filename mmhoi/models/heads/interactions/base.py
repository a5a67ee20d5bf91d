# Copyright (c) mmhoi contributors.
"""What a head asks of the part that classifies interactions."""
from abc import abstractmethod
from typing import Any, ClassVar, Dict, Optional

import torch
from mmdet.utils import OptConfigType, OptMultiConfig
from mmengine.model import BaseModule
from torch import Tensor

from ..class_set import ClassSet
from ..selection import CombinationScores


class InteractionClassifier(BaseModule):
    """Logits, classes, score rule and vocabulary of the interactions.

    A head knows its interaction classes through this class alone. A new one
    is a subclass in a file of its own, registered in `MODELS` and named by
    the config key `bbox_head.interaction_classifier`. It has to define
    `num_classes`, `forward` and `score`; the rest has a default.

    Symbols: Q pairs, D width of the features that the interaction decoder
    returns, C interaction classes of this part (HOIs or verbs), T of them in
    training (T = C unless zero-shot), H HOIs that are predicted, V verbs,
    O objects.

    Args:
        embed_dims (int): Width D. The head passes its own.
        classes (ClassSet): The classes. The head passes its own.
        clip (dict, optional): The CLIP model whose texts may be used. The
            head passes the detector's, None if that has no CLIP.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Attributes:
        label_field (str): Which annotation of `gt_hoi_instances` holds the
            targets: `hoi_labels` (P, H) or `verb_labels` (P, V).
        CLASS_ROWS (dict[str, str]): Names of the weights with a row for each
            class, and which classes these are: `objects`, `verbs`, `hois` or
            `train_hois`. Those of embeddings of texts have names `texts....`.
        hoi_objects (Tensor): Object class of each HOI, `ANY_OBJECT` for one
            that fits every object, int64, shape (H, ).
        hoi_verbs (Tensor): Verb of each HOI, int64, shape (H, ).
    """

    label_field: ClassVar[str] = 'hoi_labels'
    CLASS_ROWS: ClassVar[Dict[str, str]] = {}

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self._set_tables(
            torch.from_numpy(classes.label_space.hoi_objects),
            torch.from_numpy(classes.label_space.hoi_verbs))

    def _set_tables(self, hoi_objects: Tensor, hoi_verbs: Tensor) -> None:
        """Tables of the HOIs, no weights."""
        self.register_buffer('hoi_objects', hoi_objects, persistent=False)
        self.register_buffer('hoi_verbs', hoi_verbs, persistent=False)

    @property
    def num_hois(self) -> int:
        """int: Number H of HOIs that are predicted."""
        return len(self.hoi_verbs)

    @property
    @abstractmethod
    def num_classes(self) -> int:
        """int: Number C of interaction classes."""

    @property
    def train_ids(self) -> Optional[Tensor]:
        """Tensor | None: Ids of the T classes of training, None for all."""
        return None

    def embed(self, features: Tensor) -> Tensor:
        """Bring features into the space of the classes.

        Args:
            features (Tensor): Of the interaction decoder, (..., D).

        Returns:
            Tensor: What `forward` takes; here the same.
        """
        return features

    @abstractmethod
    def forward(self, features: Tensor, seen_only: bool = False) -> Tensor:
        """Score features against the classes.

        Args:
            features (Tensor): What `embed` returns, shape (..., E).
            seen_only (bool): Only the T classes of training instead of all.
                Defaults to False.

        Returns:
            Tensor: Logits, shape (..., C) or (..., T).
        """

    def targets(self, labels: Tensor) -> Tensor:
        """Pick the classes of training.

        Args:
            labels (Tensor): The annotation `label_field`, shape (..., C).

        Returns:
            Tensor: Shape (..., T).
        """
        if self.train_ids is None:
            return labels
        return labels[..., self.train_ids.to(labels.device)]

    @abstractmethod
    def score(self, logits: Tensor, obj_scores: Tensor,
              bonus: Any) -> CombinationScores:
        """Rank the combinations of pairs with HOIs: the score rule.

        Args:
            logits (Tensor): Interaction logits, shape (..., Q, C).
            obj_scores (Tensor): Scores of the objects without background,
                0..1, shape (..., Q, O); with "no object" as a class of its
                own O + 1 columns.
            bonus (Tensor | float): What the training-free enhancement adds
                to the scores of HOIs, shape (..., 1, H), or 0.

        Returns:
            CombinationScores: Tables of shape (..., Q, H).
        """

    def image_logits(self, clip_feature: Tensor) -> Tensor:
        """Compare whole images with the HOIs.

        Args:
            clip_feature (Tensor): CLIP's features of images, shape (B, E).

        Returns:
            Tensor: Cosines, shape (B, H).

        Raises:
            ValueError: If the classes have no texts to compare with.
        """
        raise ValueError(
            f'{type(self).__name__} has no texts that an image can be '
            'compared with; leave out `clip` of the model and '
            'test_cfg.training_free_enhancement')

    def with_vocabulary(self,
                        vocabulary: Any,
                        use_cache: bool = True) -> 'InteractionClassifier':
        """The same part with other classes, given as texts.

        Args:
            vocabulary (mmhoi.apis.vocabulary.Vocabulary): H' texts.
            use_cache (bool): Whether embeddings of texts are kept on disk.
                Defaults to True.

        Returns:
            InteractionClassifier: A new one, which shares weights.

        Raises:
            ValueError: If the classes of this part are no texts.
        """
        raise ValueError(
            f'{type(self).__name__} classifies by learned weights: it '
            'predicts the classes of its training only; a vocabulary of '
            'texts needs a method with CLIP, such as HOICLIP')
