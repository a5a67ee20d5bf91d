# Copyright (c) mmhoi contributors.
import torch
from torch import nn

from mmhoi.models.utils import prepare_for_inference


@torch.no_grad()
def test_same_outputs_without_norms(model, inputs):
    before = model.eval()(inputs)
    assert prepare_for_inference(model.train()) is model
    assert not any(
        isinstance(part, nn.BatchNorm2d) for part in model.modules())
    weight = model.backbone.layer3[0].conv1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    assert not model.training
    for name, value in model(inputs).items():
        torch.testing.assert_close(
            value, before[name], rtol=1e-5, atol=1e-5, msg=name)
