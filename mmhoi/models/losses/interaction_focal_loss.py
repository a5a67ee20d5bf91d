# Copyright (c) mmhoi contributors.
from typing import Optional

from mmdet.models.losses import GaussianFocalLoss
from torch import Tensor

from mmhoi.registry import MODELS


@MODELS.register_module()
class InteractionFocalLoss(GaussianFocalLoss):
    """Focal loss of multi-label interaction classes, per positive label.

    mmdet's focal loss of CornerNet without its Gaussian: labels are 0 or 1
    (QPIC, section "Loss calculation"; HOICLIP and GEN-VLKT alike).

    Args:
        min_prob (float): Probabilities are kept this far from 0 and 1, as in
            HOICLIP and GEN-VLKT, which stops the gradient of queries that are
            sure. 0 leaves them as they are, as in QPIC. Defaults to 1e-4.
        **kwargs: Further arguments of `mmdet.GaussianFocalLoss`.

    Examples:
        >>> import torch
        >>> loss = InteractionFocalLoss(pos_weight=0.5, neg_weight=0.5)
        >>> loss(torch.zeros(1, 2), torch.tensor([[1., 0.]]), avg_factor=1)
        tensor(0.1733)
    """

    def __init__(self, min_prob: float = 1e-4, **kwargs) -> None:
        super().__init__(**kwargs)
        self.min_prob = min_prob

    def forward(self,
                logits: Tensor,
                labels: Tensor,
                weight: Optional[Tensor] = None,
                avg_factor: Optional[float] = None) -> Tensor:
        """Loss of all queries.

        Args:
            logits (Tensor): Interaction logits, shape (B, Q, T).
            labels (Tensor): 0 or 1, float32, shape (B, Q, T).
            weight (Tensor, optional): Weight of each element, of a shape that
                can be expanded to (B, Q, T). Defaults to None.
            avg_factor (float, optional): What the sum is divided by. Defaults
                to None: the number of elements.

        Returns:
            Tensor: A scalar.
        """
        probs = logits.sigmoid().clamp(self.min_prob, 1 - self.min_prob)
        return super().forward(
            probs, labels, weight=weight, avg_factor=avg_factor)
