# Copyright (c) mmhoi contributors.
import pytest
import torch
import torch.nn.functional as F
from mini_clip.training import MaskedClipLoss, MiniCLIPTrainer
from open_clip.loss import ClipLoss
from safetensors.torch import load_file


@pytest.fixture
def features():
    generator = torch.Generator().manual_seed(0)
    return F.normalize(torch.randn(2, 4, 8, generator=generator), dim=-1)


def test_loss_without_false_negatives_is_open_clips(features):
    loss = MaskedClipLoss()
    loss.set_truths(torch.eye(4, dtype=torch.bool))
    scale = torch.tensor(5.0)
    torch.testing.assert_close(
        loss(*features, scale),
        ClipLoss()(*features, scale))


def test_false_negatives_are_left_out(features):
    images, texts = features.clone().requires_grad_()
    truths = torch.eye(4, dtype=torch.bool)
    truths[0, 2] = True
    loss = MaskedClipLoss()
    loss.set_truths(truths)
    logits = 5.0 * images @ texts.T
    kept = [logits[0, [0, 1, 3]], *logits[1:]]
    rows = sum(row.logsumexp(0) for row in kept)
    kept = [logits[1:, 2], *logits.T[[0, 1, 3]]]
    columns = sum(column.logsumexp(0) for column in kept)
    expected = ((rows + columns) / 2 - logits.diagonal().sum()) / 4
    actual = loss(images, texts, torch.tensor(5.0))
    torch.testing.assert_close(actual, expected)
    assert torch.autograd.grad(actual, images)[0].isfinite().all()


def test_resumed_training_ends_as_an_uninterrupted_one(tmp_path):

    def train(name, steps_of_runs):
        out = tmp_path / f'{name}.safetensors'
        for stop in steps_of_runs:
            trainer = MiniCLIPTrainer(tmp_path / name, 3, batch_size=8)
            if stop < 3:
                # As if killed: the checkpoint is there, the rest is not.
                trainer.steps = stop
            trainer.train(out, num_per_class=1, num_workers=0)
        return load_file(out)

    straight = train('straight', [3])
    resumed = train('resumed', [2, 3])
    assert all(value.dtype == torch.float16 for value in straight.values())
    for key, value in straight.items():
        torch.testing.assert_close(resumed[key], value)
