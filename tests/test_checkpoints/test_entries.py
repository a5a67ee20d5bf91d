# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.checkpoints import CheckpointError, RunFolder, read_checkpoint
from mmhoi.checkpoints.entries import EXTRAS
from mmhoi.checkpoints.official.extras import with_extras

STATE = {'a.weight': torch.ones(3, 2)}


@pytest.mark.parametrize('content, words', [
    (dict(meta=torch.ones(2)), '`meta` is a Tensor, not a dict'),
    (dict(meta=dict(cfg=3)), '`meta.cfg` is 3, not a text'),
    (dict(meta=dict(epoch='2')), "`meta.epoch` is '2', not a whole number"),
    (dict(meta=dict(dataset_meta=[1])), '`meta.dataset_meta` is a list'),
    (dict(meta=dict(dataset_meta=dict(classes=3))), '`meta.dataset_meta.clas'),
    (dict(message_hub=[]), '`message_hub` is a list'),
    (dict(message_hub=dict(runtime_info=1)), '`message_hub.runtime_info` is'),
    ({
        EXTRAS: torch.ones(1)
    }, f'`{EXTRAS}` is a Tensor'),
    ({
        EXTRAS: dict(names=[None])
    }, f'`{EXTRAS}.names.0` is a NoneType'),
    ({
        EXTRAS: dict(tensors=dict(a='b'))
    }, "a` is 'b', not a Tensor"),
])
def test_wrong_types(tmp_path, content, words):
    path = tmp_path / 'a.pth'
    torch.save(dict(content, state_dict=STATE), path)
    with pytest.raises(CheckpointError, match='a.pth is damaged') as error:
        read_checkpoint(path)
    assert words in str(error.value)


@pytest.mark.parametrize('state', [
    {
        None: torch.ones(2)
    },
    dict(a=torch.ones(2).to_sparse()),
    dict(a=torch.ones(2, device='meta')),
    dict(a=torch.ones(2, dtype=torch.complex64)),
])
def test_no_weights(tmp_path, state):
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match='holds no state dict'):
        read_checkpoint(tmp_path / 'a.pth')


@pytest.mark.parametrize('extras', [
    dict(names=['b']),
    dict(dtypes=dict(b='float16')),
    dict(dtypes={'a.weight': 'no_type'}),
    dict(dtypes={'a.weight': 'ones'}),
])
def test_extras_of_nothing(extras):
    with pytest.raises(CheckpointError, match='keeps of the official one is'):
        with_extras(STATE, extras)
    assert with_extras(STATE, {}) == STATE


@pytest.mark.parametrize(
    'note', ['..', '/old/run/..', '.', '', '\0\0', '\0a', 'x' * 300])
def test_damaged_notes_of_a_run(tmp_path, note):
    """The run goes on from the checkpoint that is there."""
    folder = tmp_path / 'run'
    folder.mkdir()
    torch.save(dict(state_dict=STATE, meta={}), folder / 'epoch_1.pth')
    (folder / 'last_checkpoint').write_text(note)
    assert RunFolder(folder).latest() == str(folder / 'epoch_1.pth')
