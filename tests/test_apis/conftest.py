# Copyright (c) mmhoi contributors.
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import save_checkpoint

from mmhoi.apis import HOIInferencer
from mmhoi.registry import MODELS
from mmhoi.synthetic import SceneRenderer
from mmhoi.utils import register_all_modules

CONFIG = (
    Path(__file__).resolve().parents[2] /
    'configs/hoiclip/hoiclip_mini_synhico.py')


@pytest.fixture(scope='session')
def checkpoint(tmp_path_factory):
    """A checkpoint of the mini HOICLIP with the weights it starts from."""
    register_all_modules()
    torch.manual_seed(0)
    cfg = Config.fromfile(CONFIG)
    model = MODELS.build(cfg.model)
    model.init_weights()
    path = tmp_path_factory.mktemp('checkpoint') / 'epoch_1.pth'
    save_checkpoint(
        dict(
            state_dict=model.state_dict(),
            meta=dict(cfg=cfg.pretty_text, experiment_name='mini')), str(path))
    return str(path)


@pytest.fixture(scope='session')
def inferencer(checkpoint):
    return HOIInferencer(
        str(CONFIG), checkpoint, device='cpu', show_progress=False)


@pytest.fixture(scope='session')
def scene():
    """A rendered picture, BGR."""
    return SceneRenderer().render(np.random.default_rng(0), [153]).image


@pytest.fixture
def folder(tmp_path, scene):
    """A folder with three good images and what else lies in folders."""
    for name in ('a.jpg', 'b.png', 'c.JPG'):
        cv2.imwrite(str(tmp_path / name), scene)
    (tmp_path / 'broken.jpg').write_bytes(
        (tmp_path / 'a.jpg').read_bytes()[:2000])
    (tmp_path / 'empty.png').write_bytes(b'')
    (tmp_path / 'notes.txt').write_text('no image')
    (tmp_path / 'text.jpg').write_text('no image either')
    return tmp_path
