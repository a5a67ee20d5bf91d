# Copyright (c) mmhoi contributors.
import pytest
import torch
import torch.nn.functional as F
from mmdet.models.losses import GaussianFocalLoss

from mmhoi.models.losses import InteractionFocalLoss, InteractionMeanBCELoss

LOGITS = torch.tensor([[[3.0, -2.0, 0.5], [-30.0, 30.0, 0.0]]])
LABELS = torch.tensor([[[1.0, 0.0, 0.0], [1.0, 0.0, 1.0]]])


def test_focal_loss_is_that_of_mmdet_without_certainty():
    options = dict(pos_weight=0.5, neg_weight=0.5, loss_weight=2.0)
    found = InteractionFocalLoss(**options)(LOGITS, LABELS, avg_factor=3)
    probs = LOGITS.sigmoid().clamp(1e-4, 1 - 1e-4)
    expected = GaussianFocalLoss(**options)(probs, LABELS, avg_factor=3)
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize('min_prob, stops', [(1e-4, True), (0, False)])
def test_gradient_of_queries_that_are_sure(min_prob, stops):
    logits = torch.tensor([[[-12.0]]], requires_grad=True)
    loss = InteractionFocalLoss(min_prob=min_prob)
    loss(logits, torch.ones(1, 1, 1), avg_factor=1).backward()
    assert (logits.grad == 0).item() == stops


def test_mean_loss_counts_no_labels():
    loss = InteractionMeanBCELoss(loss_weight=3.0)
    expected = 3 * F.binary_cross_entropy_with_logits(LOGITS, LABELS)
    for avg_factor in (1.0, 7.0):
        torch.testing.assert_close(
            loss(LOGITS, LABELS, avg_factor=avg_factor), expected)
