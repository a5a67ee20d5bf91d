# Copyright (c) mmhoi contributors.
"""Classifier whose weights are text embeddings."""
import math
from typing import Optional, Sequence

import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmhoi.registry import MODELS
from .clip_text import encode_texts

LOGIT_SCALE_INIT = math.log(1 / 0.07)


@MODELS.register_module()
class TextEmbeddingClassifier(BaseModule):
    """Scaled similarity of features to the text embeddings of classes.

    logits = exp(logit_scale) * (W normalise(f) + b)

    Zero-shot: with `train_ids` the classifier has two class sets. Training
    uses the columns `train_ids` with the bias; prediction uses all H columns
    without it, since no bias of an unseen class was ever learned. Without
    `train_ids` both sets are all classes, with the bias. With `fixed_eval`
    prediction uses the text embeddings as they were before training.

    Symbols: H classes, S training classes, E feature width.

    Args:
        texts (Sequence[str], optional): H prompts, encoded with `clip`.
        clip (dict, optional): `model_name` and `pretrained` of
            :func:`load_open_clip`, and `cache_dir` of :func:`encode_texts`.
        embeddings (Tensor, optional): Embeddings, shape (H, E), instead of
            `texts` and `clip`; they are normalised here.
        train_ids (Sequence[int], optional): Ids of the S training classes.
            Defaults to None: all.
        frozen (bool): Whether weight and bias stay as they are. The scale is
            learned in any case. Defaults to True.
        bias (bool): Whether the classifier has a bias, initialised as
            `nn.Linear` does. Official HOICLIP checkpoints have one.
            Defaults to False.
        fixed_eval (bool): Whether prediction has a classifier of its own,
            which is never trained, as in GEN-VLKT's zero-shot models. It
            needs `train_ids`. Defaults to False.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Attributes:
        weight (Parameter): Text embeddings of all classes, (H, E).
        bias (Parameter | None): Bias of the training classes, (S, ).
        eval_weight (Parameter): With `fixed_eval` the frozen text embeddings
            of all classes, (H, E).
        eval_bias (Parameter): With `fixed_eval` the frozen bias of all
            classes, (H, ). Zero, unless it comes from an official
            checkpoint, where it is random.
        logit_scale (Parameter): Logarithm of the scale, a scalar.
        train_ids (Tensor | None): Ids of the training classes, (S, ).

    Examples:
        >>> import torch
        >>> from mmhoi.models.vision_language import TextEmbeddingClassifier
        >>> classifier = TextEmbeddingClassifier(
        ...     embeddings=torch.eye(3), train_ids=[0, 2])
        >>> feats = torch.tensor([[2.0, 0.0, 0.0]])
        >>> classifier(feats).detach().round()
        tensor([[14.,  0.,  0.]])
        >>> classifier(feats, seen_only=True).detach().round()
        tensor([[14.,  0.]])
    """

    def __init__(self,
                 texts: Optional[Sequence[str]] = None,
                 clip: Optional[dict] = None,
                 embeddings: Optional[Tensor] = None,
                 train_ids: Optional[Sequence[int]] = None,
                 frozen: bool = True,
                 bias: bool = False,
                 fixed_eval: bool = False,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if embeddings is None:
            if texts is None or clip is None:
                raise ValueError('TextEmbeddingClassifier needs `texts` and '
                                 '`clip`, or `embeddings`')
            embeddings = encode_texts(texts=texts, **clip)
        embeddings = F.normalize(torch.as_tensor(embeddings).float(), dim=-1)
        self.weight = nn.Parameter(embeddings, requires_grad=not frozen)
        self.register_buffer(
            'train_ids',
            check_train_ids(train_ids, len(embeddings)),
            persistent=False)
        if bias:
            bound = 1 / math.sqrt(embeddings.shape[1])
            values = torch.empty(self.num_train_classes)
            self.bias = nn.Parameter(
                values.uniform_(-bound, bound), requires_grad=not frozen)
        else:
            self.register_parameter('bias', None)
        self.fixed_eval = fixed_eval
        if fixed_eval:
            if train_ids is None:
                raise ValueError(
                    'fixed_eval=True (config key '
                    '`interaction_classifier.fixed_eval`) is about the two '
                    'class sets of a zero-shot split; set `zero_shot_split` '
                    'of the head')
            self.eval_weight = nn.Parameter(
                embeddings.clone(), requires_grad=False)
            self.eval_bias = nn.Parameter(
                torch.zeros(len(embeddings)), requires_grad=False)
        self.logit_scale = nn.Parameter(torch.tensor(LOGIT_SCALE_INIT))

    @property
    def num_classes(self) -> int:
        """int: Number H of all classes."""
        return self.weight.shape[0]

    @property
    def num_train_classes(self) -> int:
        """int: Number S of training classes."""
        return self.num_classes if self.train_ids is None else len(
            self.train_ids)

    @property
    def embed_dims(self) -> int:
        """int: Width E of the features."""
        return self.weight.shape[1]

    @property
    def scale(self) -> Tensor:
        """Tensor: exp(logit_scale), a scalar."""
        return self.logit_scale.exp()

    def forward(self, feats: Tensor, seen_only: bool = False) -> Tensor:
        """Score features against the classes.

        Args:
            feats (Tensor): Features, not normalised, shape (..., E).
            seen_only (bool): Whether to score the training classes
                instead of all classes. Defaults to False.

        Returns:
            Tensor: Logits, shape (..., S) or (..., H).
        """
        weight, bias = self.weight, self.bias
        if self.train_ids is not None:
            if seen_only:
                weight = weight[self.train_ids]
            elif self.fixed_eval:
                weight, bias = self.eval_weight, self.eval_bias
            else:
                bias = None
        return self.scale * F.linear(F.normalize(feats, dim=-1), weight, bias)


def check_train_ids(train_ids: Optional[Sequence[int]],
                    num_classes: int) -> Optional[Tensor]:
    """Turn ids of training classes into a tensor.

    Args:
        train_ids (Sequence[int], optional): Ids of the training classes.
        num_classes (int): Number H of all classes.

    Returns:
        Tensor | None: The ids, int64, shape (S, ); None for all classes.

    Raises:
        ValueError: If there are no ids, an id is out of range or repeated.
    """
    if train_ids is None:
        return None
    # Ids are read also while a model is built on the meta device.
    ids = torch.as_tensor(train_ids, dtype=torch.long, device='cpu').flatten()
    wrong = ids[(ids < 0) | (ids >= num_classes)]
    if len(ids) == 0 or len(wrong) or len(ids.unique()) != len(ids):
        raise ValueError(
            '`train_ids` must be distinct class ids in '
            f'[0, {num_classes}), at least one; got {len(ids)} ids, '
            f'{len(ids) - len(ids.unique())} repeated, out of range: '
            f'{wrong.tolist()}')
    return ids
