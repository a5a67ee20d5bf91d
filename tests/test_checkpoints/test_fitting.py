# Copyright (c) mmhoi contributors.
import pytest
import torch
from torch import nn

from mmhoi.checkpoints import CheckpointMismatchError, check_fits
from mmhoi.checkpoints.fitting import describe_mismatch

MODEL = {f'layer{i}': (1, ) for i in range(30)}


@pytest.mark.parametrize('model, checkpoint, report', [
    (MODEL, dict(MODEL), None),
    (MODEL, {}, '30 of 30 weights missing in the checkpoint: layer0, layer1, '
     'layer2, layer3 and 26 more'),
    ({}, dict(a=(1, )), '1 unknown to the model: a'),
    (dict(a=(2, 3)), dict(a=torch.Size([3, 2])),
     '1 of another shape: a (3, 2) instead of (2, 3)'),
])
def test_describe_mismatch(model, checkpoint, report):
    assert describe_mismatch(model, checkpoint, limit=4) == report


def test_a_part_is_enough():
    assert describe_mismatch(MODEL, dict(layer3=(1, )), partly=True) is None
    assert describe_mismatch(MODEL, dict(x=(1, )), partly=True) is not None


@pytest.mark.parametrize('name, family', [
    ('transformer.clip_interaction_decoder.layers.0.a', 'hoiclip'),
    ('transformer.interaction_decoder.layers.0.a', 'gen_vlkt'),
    ('verb_class_embed.weight', 'qpic'),
    ('interaction_head.box_pair_predictor.bias', 'upt'),
    ('transformer.decoder.layers.0.a', 'detr'),
    ('bbox_head.reg_ffn.layers.0.0.weight', 'mmdet_detr'),
])
def test_another_family_is_named(name, family):
    checkpoint = dict(state_dict={name: torch.zeros(1)}, meta={})
    with pytest.raises(CheckpointMismatchError) as error:
        check_fits(nn.Linear(1, 1), checkpoint)
    assert str(error.value).startswith('this looks like ')
    assert str(error.value).endswith(f'--from {family}')
    assert '\n' not in str(error.value)


def test_unknown_weights():
    checkpoint = dict(state_dict={'w': torch.zeros(1)}, meta={})
    with pytest.raises(CheckpointMismatchError, match='does not say which'):
        check_fits(nn.Linear(1, 1), checkpoint)


@pytest.mark.parametrize('counter, fits', [
    (None, True),
    (torch.tensor(7), True),
    (torch.zeros(2, 3), False),
])
def test_counters_of_batch_norm(counter, fits):
    model = nn.BatchNorm1d(2)
    state = dict(model.state_dict())
    del state['num_batches_tracked']
    if counter is not None:
        state['num_batches_tracked'] = counter
    checkpoint = dict(state_dict=state, meta={})
    if fits:
        check_fits(model, checkpoint)
        return
    with pytest.raises(CheckpointMismatchError, match='num_batches_tracked'):
        check_fits(model, checkpoint)
