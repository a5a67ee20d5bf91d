# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.runner.checkpoint import CheckpointLoader, load_checkpoint
from torch import nn

from mmhoi.models.official.checkpoint_files import write_checkpoint
from mmhoi.utils import register_all_modules


def test_safetensors_are_loaded_like_other_checkpoints(tmp_path):
    register_all_modules()
    model = nn.Linear(2, 3)
    state = {k: v.detach().half() for k, v in model.state_dict().items()}
    extras = dict(tensors={'unused': torch.ones(1)}, dtypes={}, names=[])
    path = tmp_path / 'linear.safetensors'
    write_checkpoint(path, state, dict(config='linear.py'), extras)
    other = nn.Linear(2, 3)
    checkpoint = load_checkpoint(other, str(path), strict=True)
    assert checkpoint['meta'] == dict(config='linear.py')
    for name, value in other.state_dict().items():
        assert torch.equal(value, state[name].float())


def test_a_damaged_file_is_named(tmp_path):
    register_all_modules()
    path = tmp_path / 'damaged.safetensors'
    path.write_bytes(b'text')
    with pytest.raises(ValueError, match='damaged.safetensors is damaged'):
        CheckpointLoader.load_checkpoint(str(path))


@pytest.mark.parametrize('path, loader', [
    ('https://host/x.safetensors', 'load_from_http'),
    ('mmhoi://mini/x.safetensors', 'load_packaged_checkpoint'),
    ('./x.pth', 'load_from_local'),
])
def test_addresses_keep_their_loaders(path, loader):
    register_all_modules()
    assert CheckpointLoader._get_checkpoint_loader(path).__name__ == loader
