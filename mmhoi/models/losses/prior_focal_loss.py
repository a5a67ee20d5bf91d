# Copyright (c) mmhoi contributors.
import torch.nn.functional as F
from mmdet.utils import reduce_mean
from torch import Tensor, nn

from mmhoi.registry import MODELS


@MODELS.register_module()
class PriorFocalLoss(nn.Module):
    """Focal loss of logits that are calibrated by the scores of the boxes.

    What is trained is the probability `prior * sigmoid(logit)`, as it is
    ranked in testing (UPT, section "Training and inference"). Its own logit is
    `log(prior / (1 + exp(-logit) - prior))`.

    Args:
        alpha (float): Weight of positive labels; that of negative ones is the
            rest to 1. Defaults to 0.5.
        gamma (float): Exponent of the focal term. Defaults to 0.2.
        loss_weight (float): Factor. Defaults to 1.0.
        clamp_num_pos (bool): Whether a batch without positive label is
            divided by 1. The official code divides by 0: the loss is
            infinite, or NaN if there is no pair either. Defaults to True.

    Examples:
        >>> import torch
        >>> loss = PriorFocalLoss(gamma=0.0)
        >>> loss(torch.zeros(2), torch.ones(2), torch.tensor([1., 0.]))
        tensor(0.6931)
    """

    def __init__(self,
                 alpha: float = 0.5,
                 gamma: float = 0.2,
                 loss_weight: float = 1.0,
                 clamp_num_pos: bool = True) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma
        self.loss_weight = loss_weight
        self.clamp_num_pos = clamp_num_pos

    def forward(self, logits: Tensor, prior: Tensor, labels: Tensor) -> Tensor:
        """Loss of K entries, the sum per positive label.

        Args:
            logits (Tensor): Logits, shape (K, ).
            prior (Tensor): Probability that the boxes are right, above 0,
                shape (K, ).
            labels (Tensor): 0 or 1, float, shape (K, ).

        Returns:
            Tensor: A scalar. The number of positive labels is averaged over
            processes.
        """
        num_pos = reduce_mean(labels.sum())
        if self.clamp_num_pos:
            num_pos = num_pos.clamp(min=1)
        logits = calibrated_logits(logits.float(), prior)
        # Neither term is 0: a power below 1 has no gradient there.
        distance = (labels - logits.sigmoid()).abs() + 1e-6
        loss = F.binary_cross_entropy_with_logits(
            logits, labels, reduction='none')
        weight = (1 - labels - self.alpha).abs() * distance**self.gamma
        return self.loss_weight * (weight * loss).sum() / num_pos


def calibrated_logits(logits: Tensor, prior: Tensor) -> Tensor:
    """Logits of `prior * sigmoid(logits)`.

    Args:
        logits (Tensor): Any shape. Those beyond 50 count as 50, where float32
            has no exponential any more, or no difference of it to 0.
        prior (Tensor): In (0, 1], of that shape.

    Returns:
        Tensor: Of that shape, at least log(1e-8).

    Examples:
        >>> import torch
        >>> logits = torch.tensor([0.0, 3.0])
        >>> calibrated_logits(logits, torch.tensor([0.5, 1.0]))
        tensor([-1.0986,  3.0000])
    """
    # 1 - prior first: exact where the prior is 1.
    rest = (1 - prior) + (-logits.clamp(-50, 50)).exp()
    return (prior / rest + 1e-8).log()
