# Copyright (c) mmhoi contributors.
# Before mmdet, whose models need the stand-in for absent mmcv operators.
import mmhoi  # noqa: F401 isort:skip
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from left_behind import read_parts, restore_parts
from mmengine.config import Config
from mmengine.runner import save_checkpoint

MINI_CONFIG = (
    Path(__file__).resolve().parents[1] /
    'configs/hoiclip/hoiclip_mini_synhico.py')


@pytest.fixture(scope='session', autouse=True)
def text_embedding_cache(tmp_path_factory):
    """Keep cached text embeddings of tests out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv('MMHOI_CACHE', str(tmp_path_factory.mktemp('mmhoi_cache')))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def nothing_left_behind():
    """A test leaves the process as it was; one that does not fails."""
    before = read_parts()
    yield
    changed = restore_parts(before)
    assert not changed, f'the test leaves behind: {changed}'


@pytest.fixture
def make_record():
    """Function that makes a HOIA entry, by default of a motorcycle race."""

    def make(number=1, boxes=None, hois=None):
        """Make an entry.

        Args:
            number (int): Number of the image.
            boxes (list, optional): (bbox, category_id) of each box.
            hois (list, optional): (subject_id, object_id, verb category_id)
                of each interaction.
        """
        if boxes is None:
            boxes = [([10, 20, 50, 60], 1), ([30, 30, 90, 70], 4)]
        if hois is None:
            # race and ride: HOIs 152 and 153.
            hois = [(0, 1, 73), (0, 1, 77)]
        return dict(
            file_name=f'HICO_train2015_{number:08d}.jpg',
            img_id=number,
            annotations=[
                dict(bbox=bbox, category_id=category)
                for bbox, category in boxes
            ],
            hoi_annotation=[
                dict(subject_id=sub, object_id=obj, category_id=verb)
                for sub, obj, verb in hois
            ])

    return make


@pytest.fixture(scope='session')
def mini_checkpoint(tmp_path_factory):
    """A checkpoint of the mini HOICLIP with the weights it starts from."""
    from mmhoi.registry import MODELS
    from mmhoi.setup_env import register_all_modules
    register_all_modules()
    torch.manual_seed(0)
    cfg = Config.fromfile(MINI_CONFIG)
    model = MODELS.build(cfg.model)
    model.init_weights()
    path = tmp_path_factory.mktemp('checkpoint') / 'epoch_1.pth'
    save_checkpoint(
        dict(
            state_dict=model.state_dict(),
            meta=dict(cfg=cfg.pretty_text, experiment_name='mini')), str(path))
    return str(path)


@pytest.fixture(scope='session')
def scene():
    """A rendered picture, BGR."""
    from mmhoi.synthetic import SceneRenderer
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
