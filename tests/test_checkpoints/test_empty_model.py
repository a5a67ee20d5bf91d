# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.config import Config

from mmhoi.checkpoints import build_model, read_checkpoint
from mmhoi.registry import MODELS
from mmhoi.utils import use_scope
from tests.conftest import MINI_CONFIG


@pytest.mark.parametrize('zipped', [True, False])
def test_model_is_that_of_the_checkpoint(mini_checkpoint, tmp_path, zipped):
    use_scope('mmhoi')
    path = tmp_path / 'model.pth'
    torch.save(
        torch.load(mini_checkpoint, weights_only=False),
        path,
        _use_new_zipfile_serialization=zipped)
    checkpoint = read_checkpoint(path, mapped=True)
    model_cfg = Config.fromfile(MINI_CONFIG).model
    model = build_model(model_cfg, checkpoint)
    # The weights are the model's own: a file may change while it is used.
    path.write_bytes(bytes(path.stat().st_size))
    wanted = torch.load(mini_checkpoint, weights_only=False)['state_dict']
    torch.testing.assert_close(model.state_dict(), wanted, rtol=0, atol=0)
    # What no checkpoint holds is computed from the config.
    whole = dict(MODELS.build(model_cfg).named_buffers())
    assert whole.keys() - wanted.keys()
    for name, buffer in model.named_buffers():
        if name not in wanted:
            assert buffer.equal(whole[name]), name
