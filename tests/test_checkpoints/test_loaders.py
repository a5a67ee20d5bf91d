# Copyright (c) mmhoi contributors.
"""What mmengine loads, from whatever address."""
import pytest
import torch
from mmengine.runner import checkpoint as of_mmengine
from mmengine.runner.checkpoint import CheckpointLoader, load_checkpoint
from torch import nn

from mmhoi.checkpoints import CheckpointError, load_from_local
from mmhoi.checkpoints.writing import write_checkpoint

ADDRESSES = [
    'https://host/x.pth', 'http://host/x.pth', 'torchvision://resnet50',
    'modelzoo://resnet50', 'open-mmlab://detectron2/resnet50_caffe',
    'openmmlab://detectron2/resnet50_caffe'
]


class Code:
    """Runs when it is read by an ordinary unpickler."""

    def __reduce__(self):
        return print, ('code of a checkpoint', )


def test_safetensors_are_loaded_like_other_checkpoints(tmp_path):
    model = nn.Linear(2, 3)
    state = {k: v.detach().half() for k, v in model.state_dict().items()}
    extras = dict(tensors={'unused': torch.ones(1)}, dtypes={}, names=[])
    path = tmp_path / 'linear.safetensors'
    write_checkpoint(path, state, dict(config_file='linear.py'), extras)
    other = nn.Linear(2, 3)
    checkpoint = load_checkpoint(other, str(path), strict=True)
    assert checkpoint['meta'] == dict(config_file='linear.py')
    for name, value in other.state_dict().items():
        assert torch.equal(value, state[name].float())


def test_a_file_of_the_package():
    state = CheckpointLoader.load_checkpoint(
        'mmhoi://mini/mini_detector.safetensors')['state_dict']
    assert 'query_embedding.weight' in state
    with pytest.raises(FileNotFoundError, match='mini_detector.safetensors'):
        CheckpointLoader.load_checkpoint('mmhoi://mini/absent.safetensors')


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / 'damaged.safetensors'
    path.write_bytes(b'text')
    with pytest.raises(CheckpointError, match='damaged.safetensors is damage'):
        CheckpointLoader.load_checkpoint(str(path))


@pytest.mark.parametrize('path, loader', [
    ('https://host/x.safetensors', 'load_from_http'),
    ('mmhoi://mini/x.safetensors', 'load_from_local'),
    ('./x.safetensors', 'load_from_local'),
    ('./x.pth', 'load_from_local'),
    ('s3://bucket/x.pth', 'load_from_ceph'),
    ('petrel://bucket/x.pth', 'load_from_ceph'),
])
def test_addresses_keep_their_loaders(path, loader):
    assert CheckpointLoader._get_checkpoint_loader(path).__name__ == loader


def test_no_loader_of_mmengine_is_left():
    for prefix, loader in CheckpointLoader._schemes.items():
        assert loader is load_from_local or hasattr(loader, '__wrapped__'), \
            prefix


@pytest.mark.parametrize('address', ADDRESSES)
def test_code_from_the_network_is_refused(tmp_path, monkeypatch, capsys,
                                          address):
    """As if downloaded before: nothing is asked for, and nothing runs."""

    def load_url(url, map_location=None, **kwargs):
        return torch.load(path, map_location=map_location, weights_only=False)

    path = tmp_path / 'x.pth'
    monkeypatch.setattr(of_mmengine, 'load_url', load_url)
    torch.save(dict(model={'a': torch.ones(1)}, code=Code()), path)
    with pytest.raises(CheckpointError, match='refused: .* namely print'):
        CheckpointLoader.load_checkpoint(address)
    assert 'code of a checkpoint' not in capsys.readouterr().out
    torch.save(dict(model={'a': torch.ones(1)}), path)
    checkpoint = CheckpointLoader.load_checkpoint(address)
    assert checkpoint['state_dict'] == {'a': torch.ones(1)}
