# Copyright (c) mmhoi contributors.
from typing import Dict, Optional, Sequence, Union

import torch
import torch.nn.functional as F
from mmdet.utils import ConfigType
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import MODELS
from mmhoi.utils.setup_error import SetupError
from .pair_rows import PairRows

CLASSES = ('hoi', 'verb', 'object')
FEATURES = ('sub', 'obj', 'union')


@MODELS.register_module()
class PairStream(BaseModule):
    """One opinion about pairs: some inputs, hidden layers, classes.

    Args:
        embed_dims (int): Width C of the crops' features.
        label_space (LabelSpace): Its classes are the outputs.
        inputs (Sequence[str | dict]): What the stream looks at, in the order
            of the weights: `sub`, `obj` and `union` are the features of human,
            object and the box around both; a dict is the config of a module
            that makes features of `PairRows`, such as `BoxPairMap`.
        classes (str): Which classes it tells: `hoi`, `verb` or `object`.
            Defaults to `hoi`.
        hidden_dims (Sequence[int]): Widths of the hidden layers, each a
            linear layer without bias, ReLU and dropout. Defaults to
            (1024, 1024).
        dropout (float): Probability. Defaults to 0.5.
        negatives (float): Which share of the negatives of a training image
            the stream sees, the first ones. Defaults to 1.
        loss_weight (float): Weight of its loss. Defaults to 1.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        SetupError: If an input or the kind of classes is unknown, or an input
            has other object classes.
    """

    def __init__(
        self,
        embed_dims: int,
        label_space: LabelSpace,
        inputs: Sequence[Union[str, ConfigType]],
        classes: str = 'hoi',
        hidden_dims: Sequence[int] = (1024, 1024),
        dropout: float = 0.5,
        negatives: float = 1.0,
        loss_weight: float = 1.0,
        init_cfg: dict = dict(type='Kaiming', layer='Linear')
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        sizes = dict(
            hoi=len(label_space.hoi_verbs),
            verb=len(label_space.verbs),
            object=len(label_space.objects))
        if classes not in sizes:
            raise SetupError(f'classes="{classes}" of a stream; allowed: '
                             f'{", ".join(CLASSES)}')
        unknown = [
            name for name in inputs
            if isinstance(name, str) and name not in FEATURES
        ]
        if unknown or not inputs:
            raise SetupError(
                f'inputs={list(inputs)} of a stream; allowed: '
                f'{", ".join(FEATURES)}, or the config of a module')
        self.inputs = tuple(
            name if isinstance(name, str) else f'input_{i}'
            for i, name in enumerate(inputs))
        for name, cfg in zip(self.inputs, inputs):
            if not isinstance(cfg, str):
                self.add_module(name, MODELS.build(cfg))
                self._check_classes(self.get_submodule(name), label_space)
        self.label_space = label_space
        self.classes = classes
        self.negatives = negatives
        self.loss_weight = loss_weight
        dims = sum(
            embed_dims if name in
            FEATURES else self.get_submodule(name).out_dims
            for name in self.inputs)
        layers = []
        for width in hidden_dims:
            layers += [
                nn.Linear(dims, width, bias=False),
                nn.ReLU(),
                nn.Dropout(dropout)
            ]
            dims = width
        self.hidden = nn.Sequential(*layers)
        self.classifier = nn.Linear(dims, sizes[classes])

    @staticmethod
    def _check_classes(part: nn.Module, label_space: LabelSpace) -> None:
        """What knows the objects by their numbers has the same objects."""
        if getattr(part, 'objects',
                   label_space.objects) != label_space.objects:
            raise SetupError(
                f'{type(part).__name__} among the inputs of a stream has '
                f'other object classes than its head, {label_space.name}: set '
                '`label_space` of both to the same')

    def init_weights(self) -> None:
        """Initialise the weights; those of the classes small."""
        super().init_weights()
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)

    @property
    def CLASS_ROWS(self) -> Dict[str, str]:
        """dict: Which classes the rows of weights belong to."""
        kind = f'{self.classes}s'
        return {'classifier.weight': kind, 'classifier.bias': kind}

    def forward(self, rows: PairRows) -> Tensor:
        """Classify pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            Tensor: Logits, shape (M, classes).

        Raises:
            ValueError: If nobody has looked at the boxes around pairs.
        """
        if 'union' in self.inputs and not rows.union.shape[1]:
            raise ValueError(
                'a stream looks at `union`, the box around a pair, but '
                'instance_features gives only features of boxes; use '
                'instance_features=dict(type="PairRoIFeatures", ...)')
        return self.classifier(
            self.hidden(
                torch.cat([
                    getattr(rows, name)
                    if name in FEATURES else self.get_submodule(name)(rows)
                    for name in self.inputs
                ], 1)))

    def losses(self,
               logits: Tensor,
               labels: Tensor,
               logit_weights: Optional[Tensor] = None,
               loss_weights: Optional[Tensor] = None) -> Tensor:
        """Loss of each pair: binary cross entropy, of objects cross entropy.

        Args:
            logits (Tensor): Shape (M, classes).
            labels (Tensor): 0 or 1, shape (M, classes).
            logit_weights (Tensor, optional): Factors of the logits of HOIs,
                shape (H, ).
            loss_weights (Tensor, optional): Factors of their losses, likewise.

        Returns:
            Tensor: Mean over the classes, shape (M, ).
        """
        if self.classes == 'object':
            return F.cross_entropy(logits, labels, reduction='none')
        if self.classes == 'verb':
            logit_weights = loss_weights = None
        if logit_weights is not None:
            logits = logits * logit_weights
        return F.binary_cross_entropy_with_logits(
            logits, labels, weight=loss_weights, reduction='none').mean(1)

    def hoi_probabilities(self, logits: Tensor) -> Tensor:
        """What the stream says about HOIs.

        Args:
            logits (Tensor): Shape (M, classes).

        Returns:
            Tensor: 0..1, shape (M, H): of the HOI, of its verb or of its
            object.
        """
        space, logits = self.label_space, logits.float()
        if self.classes == 'object':
            # The last column: no object, or any of them.
            return F.pad(
                logits.softmax(-1), (0, 1), value=1.0)[:, space.hoi_objects]
        probs = logits.sigmoid()
        return probs if self.classes == 'hoi' else probs[:, space.hoi_verbs]
