# Copyright (c) mmhoi contributors.
import argparse
import pickle
import random
import zipfile

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.registry import PARAM_SCHEDULERS

from mmhoi.checkpoints import (CheckpointError, read_checkpoint,
                               write_checkpoint)
from mmhoi.checkpoints.entries import EXTRAS

STATE = {'a.weight': torch.arange(6.).reshape(2, 3)}
OFFICIAL = dict(
    model=STATE,
    optimizer=dict(state={}),
    epoch=89,
    args=argparse.Namespace(lr=1e-4, hoi_path='data'))


class Code:
    """Runs when it is read by an ordinary unpickler."""

    def __reduce__(self):
        return print, ('code of a checkpoint', )


class Attribute:
    """Reaches for anything, where only a log's methods are meant."""

    def __reduce__(self):
        return getattr, (torch.nn.Parameter, '__init__')


@pytest.mark.parametrize(
    'content',
    [OFFICIAL, STATE, dict(state_dict=STATE, meta={})])
def test_where_weights_may_be(tmp_path, content):
    torch.save(content, tmp_path / 'a.pth')
    checkpoint = read_checkpoint(tmp_path / 'a.pth')
    assert torch.equal(checkpoint['state_dict']['a.weight'], STATE['a.weight'])
    assert EXTRAS not in checkpoint


def test_log_of_mmengine(tmp_path):
    history = HistoryBuffer()
    history.update(1.5)
    torch.save(
        dict(state_dict=STATE, message_hub=dict(loss=history)),
        tmp_path / 'epoch_1.pth')
    assert read_checkpoint(tmp_path / 'epoch_1.pth')['meta'] == {}


SCHEDULER_ARGS = dict(
    ConstantLR={},
    CosineAnnealingLR=dict(T_max=5),
    CosineRestartLR=dict(periods=[5], eta_min=0),
    ExponentialLR=dict(gamma=0.9),
    LinearLR={},
    MultiStepLR=dict(milestones=[2]),
    OneCycleLR=dict(eta_max=1, total_steps=9),
    PolyLR={},
    ReduceOnPlateauLR=dict(monitor='loss'),
    StepLR=dict(step_size=2))


@pytest.mark.parametrize('name', SCHEDULER_ARGS)
def test_what_a_run_is_resumed_from(tmp_path, name):
    """Optimizer, schedulers and log as mmengine saves them."""
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.AdamW([weight])
    scheduler = PARAM_SCHEDULERS.build(
        dict(type=name, optimizer=optimizer, **SCHEDULER_ARGS[name]))
    weight.sum().backward()
    optimizer.step()
    history = HistoryBuffer([1.5, 2.5], [1, 1])
    torch.save(
        dict(
            state_dict=dict(weight=weight.detach()),
            optimizer=optimizer.state_dict(),
            param_schedulers=[scheduler.state_dict()],
            message_hub=dict(log_scalars={'train/loss': history}),
            meta=dict(dataset_meta=dict(palette=np.zeros((2, 3), np.uint8)))),
        tmp_path / 'epoch_1.pth')
    checkpoint = read_checkpoint(tmp_path / 'epoch_1.pth')
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.load_state_dict(checkpoint['param_schedulers'][0])
    scheduler.step(**({'metrics': {'loss': 1}} if 'Plateau' in name else {}))
    log = checkpoint['message_hub']['log_scalars']['train/loss']
    assert log.mean() == log.statistics('mean') == 2
    assert checkpoint['meta']['dataset_meta']['palette'].shape == (2, 3)


def test_arrays_of_an_older_numpy(tmp_path):
    """NumPy 1 has another name for the module of the same functions."""
    path = tmp_path / 'a.pth'
    torch.save(dict(model=STATE, epoch=np.float64(2), loss=np.ones(3)), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, 'w') as archive:
        for name, content in parts.items():
            archive.writestr(name,
                             content.replace(b'numpy._core', b'numpy.core'))
    checkpoint = read_checkpoint(path)
    assert checkpoint['epoch'] == 2
    assert checkpoint['loss'].tolist() == [1, 1, 1]


@pytest.mark.parametrize('key', ['state_dict', 'model', 'model_state_dict'])
def test_weights_of_a_wrapped_model(tmp_path, key):
    torch.save({key: {'module.a': torch.ones(1)}}, tmp_path / 'a.pth')
    assert list(read_checkpoint(tmp_path / 'a.pth')['state_dict']) == ['a']


def test_names_of_an_earlier_version(tmp_path):
    state = {'pair_embedding.weight': torch.ones(1)}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    checkpoint = read_checkpoint(tmp_path / 'a.pth')
    assert list(checkpoint['state_dict']) == ['queries.pair.weight']
    assert checkpoint['meta'] == dict(old_names=True)


@pytest.mark.parametrize('code, name', [(Code(), 'print'),
                                        (Attribute(), 'getattr')])
def test_code_is_refused(tmp_path, capsys, code, name):
    torch.save(dict(OFFICIAL, extra=code), tmp_path / 'code.pth')
    with pytest.raises(
            CheckpointError, match=f'refused: .*{name}.*could run code'):
        read_checkpoint(tmp_path / 'code.pth')
    assert 'code of a checkpoint' not in capsys.readouterr().out


@pytest.mark.parametrize('protocol', [2, 4])
def test_code_in_a_plain_pickle(tmp_path, capsys, protocol):
    path = tmp_path / 'plain.pth'
    path.write_bytes(pickle.dumps(dict(model=Code()), protocol))
    with pytest.raises(ValueError, match='refused: .*could run code'):
        read_checkpoint(path)
    assert 'code of a checkpoint' not in capsys.readouterr().out


@pytest.mark.parametrize('share', [0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize('name', ['a.pth', 'a.safetensors'])
def test_truncated(tmp_path, name, share):
    path = tmp_path / name
    write_checkpoint(path, {'a': torch.randn(1000)}, {})
    content = path.read_bytes()
    path.write_bytes(content[:int(len(content) * share)])
    with pytest.raises(ValueError, match=f'{name} is damaged.*fetch it again'):
        read_checkpoint(path)


@pytest.mark.parametrize('share', [0.1, 0.5, 0.9, 0.99])
def test_truncated_file_of_an_old_torch(tmp_path, share):
    path = tmp_path / 'a.pth'
    torch.save(OFFICIAL, path, _use_new_zipfile_serialization=False)
    assert 'a.weight' in read_checkpoint(path)['state_dict']
    content = path.read_bytes()
    path.write_bytes(content[:int(len(content) * share)])
    with pytest.raises(ValueError, match='a.pth is (damaged|refused)'):
        read_checkpoint(path)


@pytest.mark.parametrize('content, words', [
    ([1, 2], 'holds no state dict, but a list'),
    (dict(optimizer={}, epoch=1), r"\['optimizer', 'epoch'\]"),
    (dict(model={}), r"\['model'\]"),
    (dict(state_dict=dict(a=torch.ones(1)),
          meta=['a']), '`meta` is a list, not a dict'),
])
def test_no_weights(tmp_path, content, words):
    torch.save(content, tmp_path / 'a.pth')
    with pytest.raises(ValueError, match=words):
        read_checkpoint(tmp_path / 'a.pth')


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='none.pth'):
        read_checkpoint(tmp_path / 'none.pth')


@pytest.mark.parametrize('name', ['new/a.pth', 'new/a.safetensors'])
def test_written_and_read(tmp_path, name):
    shared = torch.randn(3)
    extras = dict(
        tensors={'text': torch.ones(2, dtype=torch.float16)},
        dtypes={'a': 'float16'},
        names=['b', 'text', 'a'])
    meta = dict(cfg='model = 1', zero_shot_split=None)
    write_checkpoint(tmp_path / name, dict(a=shared, b=shared), meta, extras)
    checkpoint = read_checkpoint(tmp_path / name)
    assert checkpoint['meta'] == meta
    assert set(checkpoint['state_dict']) == {'a', 'b'}
    assert torch.equal(checkpoint['state_dict']['b'], shared)
    found = checkpoint[EXTRAS]
    assert torch.equal(found.pop('tensors')['text'], extras['tensors']['text'])
    assert found == dict(dtypes=extras['dtypes'], names=extras['names'])
    assert [path.name for path in (tmp_path / 'new').iterdir()] == [name[4:]]


def test_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / 'a.pth'
    write_checkpoint(path, STATE, {})
    with pytest.raises(AttributeError):
        write_checkpoint(path, STATE, dict(no_data=lambda: 0))
    assert torch.equal(
        read_checkpoint(path)['state_dict']['a.weight'], STATE['a.weight'])
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_file_type(tmp_path):
    with pytest.raises(ValueError, match='allowed: .pth, .safetensors'):
        write_checkpoint(tmp_path / 'a.bin', STATE, {})


@pytest.mark.parametrize('name', ['a.pth', 'a.safetensors'])
def test_damaged_bytes(tmp_path, name):
    """Whatever is in a file, it is read or there is a message."""
    path = tmp_path / name
    write_checkpoint(path, STATE, dict(cfg='model = 1'))
    content = path.read_bytes()
    rng = random.Random(0)
    refused = 0
    for _ in range(100):
        damaged = bytearray(content)
        for _ in range(4):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            read_checkpoint(path)
        except ValueError as error:
            assert name in str(error)
            refused += 1
    assert refused > 50


def test_a_small_file_that_would_fill_the_memory(tmp_path):
    """Zeros are compressed to a thousandth."""
    path = tmp_path / 'a.pth'
    torch.save(dict(state_dict=STATE), path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert 'a.weight' in read_checkpoint(path)['state_dict']
    content = path.read_bytes()
    # What the last of the parts says of its size.
    place = content.rindex(b'PK\x01\x02') + 24
    path.write_bytes(content[:place] + b'\xff\xff\xff\x7f' +
                     content[place + 4:])
    with pytest.raises(CheckpointError, match='says to hold 2 GiB'):
        read_checkpoint(path)
