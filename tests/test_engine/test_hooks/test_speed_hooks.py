# Copyright (c) mmhoi contributors.
"""FoldNormsHook, LeanLayersHook, CompileHook, PrepareForInferenceHook."""
from copy import deepcopy
from types import SimpleNamespace

import pytest
import torch
from mmdet.models.backbones import ResNet
from torch import nn

from mmhoi.engine.hooks import (CompileHook, FoldNormsHook, LeanLayersHook,
                                PrepareForInferenceHook)
from mmhoi.models.layers import LeanMultiheadAttention


class Detector(nn.Module):
    COMPILE_PARTS = ('backbone', )

    def __init__(self, **kwargs):
        super().__init__()
        self.backbone = ResNet(
            depth=18,
            base_channels=4,
            stem_channels=4,
            frozen_stages=1,
            norm_eval=True,
            **kwargs)

    def forward(self, img):
        return self.backbone(img)[-1]


def make_detector(**kwargs):
    torch.manual_seed(0)
    detector = Detector(**kwargs)
    for norm in detector.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 1.5)
    return detector.train()


def runner(model):
    return SimpleNamespace(model=model)


def gradients(detector):
    output = detector(torch.ones(2, 3, 32, 32))
    output.square().mean().backward()
    return output, {
        name: param.grad
        for name, param in detector.named_parameters()
        if param.grad is not None
    }


def test_folded_norms_change_nothing():
    plain, folded = make_detector(), make_detector()
    FoldNormsHook().before_train(runner(folded))
    calls = []
    folded.backbone.bn1.register_forward_hook(lambda *_: calls.append(1))
    output, grads = gradients(folded)
    assert not calls
    expected, expected_grads = gradients(plain)
    torch.testing.assert_close(output, expected, rtol=1e-5, atol=1e-6)
    assert set(grads) == set(expected_grads)
    for name, grad in grads.items():
        torch.testing.assert_close(
            grad, expected_grads[name], rtol=1e-3, atol=1e-6, msg=name)
    assert list(folded.state_dict()) == list(plain.state_dict())


def test_copy_of_a_folded_model_has_its_own_weights():
    model = make_detector()
    FoldNormsHook().before_train(runner(model))
    before = model(torch.ones(1, 3, 32, 32))
    copied = deepcopy(model)
    nn.init.zeros_(copied.backbone.conv1.weight)
    assert torch.equal(model(torch.ones(1, 3, 32, 32)), before)
    assert not torch.equal(copied(torch.ones(1, 3, 32, 32)), before)


@pytest.mark.parametrize(
    'model',
    [make_detector(with_cp=True), nn.Linear(2, 2)])
def test_other_models_stay_as_they_are(model):
    forward = getattr(model, 'backbone', model).forward
    FoldNormsHook().before_train(runner(model))
    assert getattr(model, 'backbone', model).forward == forward


def test_lean_layers():
    model = nn.ModuleDict(
        dict(
            attn=nn.MultiheadAttention(8, 2, batch_first=True),
            dropout=nn.Dropout(0.1)))
    names, tokens = list(model.state_dict()), torch.randn(1, 3, 8)
    expected, _ = model['attn'](tokens, tokens, tokens)
    LeanLayersHook().before_train(runner(model))
    assert isinstance(model['attn'], LeanMultiheadAttention)
    assert type(model['dropout']).__name__ == 'LeanDropout'
    assert list(model.state_dict()) == names
    found, _ = model['attn'](tokens, tokens, tokens)
    torch.testing.assert_close(found, expected)


def test_compiled_in_training():
    model = make_detector()
    forward = model.backbone.forward
    CompileHook().before_train(runner(model))
    assert model.backbone.forward != forward


def test_prepared_for_a_test():
    model = make_detector().eval()
    expected = model(torch.ones(1, 3, 32, 32))
    PrepareForInferenceHook().before_test(runner(model))
    assert not any(
        isinstance(part, nn.BatchNorm2d) for part in model.modules())
    torch.testing.assert_close(
        model(torch.ones(1, 3, 32, 32)), expected, rtol=1e-4, atol=1e-5)
