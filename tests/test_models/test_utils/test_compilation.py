# Copyright (c) mmhoi contributors.
import shutil

import pytest
import torch
from torch import nn
from torch._dynamo.exc import TorchDynamoException

from mmhoi.models.utils import compile_parts, prepare_for_inference


class Detector(nn.Module):
    """Two of the parts of a detector."""

    COMPILE_PARTS = ('backbone', 'encoder')

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
        self.encoder = nn.Linear(4, 2)

    def forward(self, img):
        return self.encoder(self.backbone(img))


@pytest.fixture
def detector():
    torch._dynamo.reset()
    torch.manual_seed(0)
    return Detector()


@pytest.mark.skipif(
    shutil.which('g++') is None, reason='torch.compile needs a compiler')
def test_same_outputs_for_all_sizes(detector):
    names = list(detector.state_dict())
    batches = [torch.randn(size, 3) for size in (2, 5)]
    expected = [detector(batch) for batch in batches]
    own_forward = detector.backbone.forward
    with torch.no_grad():
        prepare_for_inference(detector, compile=True)
        for batch, output in zip(batches, expected):
            torch.testing.assert_close(detector(batch), output)
    assert list(detector.state_dict()) == names
    # It has not fallen back.
    assert detector.backbone.forward != own_forward


def test_runs_without_a_compiler(detector, monkeypatch):

    def compiled(*args, **kwargs):
        raise TorchDynamoException('no compiler')

    messages = []
    monkeypatch.setattr(torch, 'compile', lambda *args, **kwargs: compiled)
    monkeypatch.setattr('mmhoi.models.utils.compilation.print_log',
                        lambda message, **kwargs: messages.append(message))
    batch = torch.randn(2, 3)
    expected = detector(batch)
    own_forward = detector.backbone.forward
    compile_parts(detector)
    torch.testing.assert_close(detector(batch), expected)
    assert detector.backbone.forward == own_forward
    assert len(messages) == 2
    assert 'the backbone, which runs without it' in messages[0]
    assert 'no compiler' in messages[0]


def test_parts_of_parts_and_parts_that_are_not_there(monkeypatch, detector):
    compiled = []
    monkeypatch.setattr('mmhoi.models.utils.compilation._compiled',
                        lambda part, name, freeze: compiled.append(name))
    whole = nn.Module()
    whole.detector = detector
    whole.COMPILE_PARTS = ('detector.backbone', 'detector.decoder')
    compile_parts(whole)
    assert compiled == ['detector.backbone']
