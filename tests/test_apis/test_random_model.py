# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.apis import HOIInferencer
from mmhoi.apis.random_model import save_random_checkpoint
from tests.conftest import MINI_CONFIG


def test_checkpoint_fits_its_config(tmp_path, scene):
    save_random_checkpoint(str(MINI_CONFIG), tmp_path / 'random.pth')
    inferencer = HOIInferencer(
        str(MINI_CONFIG), tmp_path / 'random.pth', show_progress=False)
    prediction, = inferencer(scene)['predictions']
    assert prediction['hois']


def test_no_config(tmp_path):
    with pytest.raises(FileNotFoundError, match='no.py'):
        save_random_checkpoint('no.py', tmp_path / 'random.pth')
