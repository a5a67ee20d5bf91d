# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.losses import PriorFocalLoss
from mmhoi.models.losses.prior_focal_loss import calibrated_logits


def test_calibration():
    """The sigmoid of the calibrated logit is the prior times the sigmoid."""
    logits = torch.linspace(-8, 8, 33)
    for prior in (0.01, 0.5, 0.99, 1.0):
        probs = calibrated_logits(logits, torch.tensor(prior)).sigmoid()
        assert (probs - prior * logits.sigmoid()).abs().max() < 1e-6


@pytest.mark.parametrize('logit', [-1e4, -100., 0., 17., 100., 1e4])
@pytest.mark.parametrize('prior', [1e-6, 0.5, 1.0])
@pytest.mark.parametrize('label', [0., 1.])
def test_finite(logit, prior, label):
    logits = torch.tensor([logit], requires_grad=True)
    loss = PriorFocalLoss()(logits, torch.tensor([prior]),
                            torch.tensor([label]))
    loss.backward()
    assert loss.isfinite() and logits.grad.isfinite().all()


def test_per_positive_label():
    logits, prior = torch.randn(4), torch.rand(4)
    labels = torch.tensor([1., 1., 0., 0.])
    loss = PriorFocalLoss(loss_weight=2.0)
    once = loss(logits, prior, labels)
    twice = loss(logits.repeat(2), prior.repeat(2), labels.repeat(2))
    torch.testing.assert_close(once, twice)
    none = torch.zeros(0)
    assert loss(none, none, none) == 0
