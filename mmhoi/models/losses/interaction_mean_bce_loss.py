# Copyright (c) mmhoi contributors.
import torch.nn.functional as F
from torch import Tensor, nn

from mmhoi.registry import MODELS


@MODELS.register_module()
class InteractionMeanBCELoss(nn.Module):
    """Binary cross entropy of interaction classes, averaged over all of them.

    The alternative of QPIC's and CDN's programs to the focal loss
    (`--verb_loss_type bce`).

    Args:
        loss_weight (float): Weight of the loss. Defaults to 1.0.
    """

    def __init__(self, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, logits: Tensor, labels: Tensor,
                avg_factor: float) -> Tensor:
        """Mean loss over images, queries and classes.

        Args:
            logits (Tensor): Interaction logits, shape (B, Q, T).
            labels (Tensor): 0 or 1, float32, shape (B, Q, T).
            avg_factor (float): Number of positive labels; does not count
                here.

        Returns:
            Tensor: A scalar.
        """
        return self.loss_weight * F.binary_cross_entropy_with_logits(
            logits, labels)
