# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch

from mmhoi.deployment.prediction import training_free_scores
from mmhoi.models.heads import training_free_enhancement as head


@pytest.mark.parametrize('mode', ['cosine', 'sigmoid'])
@pytest.mark.parametrize('topk', [1, 10, 99])
def test_training_free_scores(topk, mode):
    """Equal to those of the head."""
    logits = np.random.default_rng(0).uniform(-1, 1, (3, 40)).astype('f4')
    wanted = head.training_free_scores(torch.from_numpy(logits), topk, mode)
    found = training_free_scores(logits, topk, mode)
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-6)
