# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from torch import nn

from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

CONFIG = (
    Path(__file__).resolve().parents[3] /
    'configs/hoiclip/hoiclip_mini_synhico.py')


@pytest.fixture
def model():
    """The mini HOICLIP; its norms are not the identity."""
    register_all_modules()
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(CONFIG).model)
    model.init_weights()
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias)
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 1.5)
    return model


@pytest.fixture
def inputs():
    torch.manual_seed(1)
    return dict(
        img=torch.randn(1, 3, 96, 128), clip_img=torch.randn(1, 3, 96, 96))
