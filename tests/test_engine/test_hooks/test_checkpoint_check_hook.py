# Copyright (c) mmhoi contributors.
import pytest
import torch
from class_models import CLASSES, REVERSED, Model, checkpoint_of, trained

from mmhoi.checkpoints import CheckpointMismatchError
from mmhoi.engine.hooks import CheckpointCheckHook, ClassGuardHook


@pytest.mark.parametrize(
    'state_dict, parts',
    [(dict(weight=torch.ones(3)), ['weight (3,) instead of (2,)']),
     (dict(bias=torch.ones(2)),
      ['missing in the checkpoint: weight', 'unknown to the model: bias'])])
def test_other_weights_are_refused(make_runner, tmp_path, state_dict, parts):
    meta = dict(
        experiment_name='other', dataset_meta=dict(hoi_classes=['a'] * 7))
    path = tmp_path / 'other.pth'
    torch.save(dict(state_dict=state_dict, meta=meta), path)
    runner = make_runner(CheckpointCheckHook())
    with pytest.raises(CheckpointMismatchError) as error:
        runner.load_checkpoint(str(path))
    for part in [*parts, 'run "other" on 7 HOI classes']:
        assert part in str(error.value)
    assert runner.model.weight.tolist() == [0, 0]


def test_foreign_file_names_its_family(make_runner, tmp_path):
    path = tmp_path / 'foreign.pth'
    name = 'transformer.interaction_decoder.layers.0.norm1.bias'
    torch.save(dict(model={name: torch.ones(2)}), path)
    with pytest.raises(
            CheckpointMismatchError,
            match='^this looks like an official GEN-VLKT checkpoint: turn it '
            'into one of mmhoi with .*convert.py --from gen_vlkt$'):
        make_runner(CheckpointCheckHook()).load_checkpoint(str(path))


def test_run_of_an_earlier_version_is_not_resumed(make_runner, tmp_path):
    """Optimizer states are by the order of parameters, which has changed."""
    path = tmp_path / 'epoch_1.pth'
    torch.save(dict(state_dict={'pair_embedding.weight': torch.ones(2)}), path)
    runner = make_runner(CheckpointCheckHook(resume=True))
    with pytest.raises(
            CheckpointMismatchError, match='earlier version .* load_from='):
        runner.load_checkpoint(str(path))


@pytest.mark.parametrize('prefix', ['', 'module.'])
def test_own_checkpoint_is_loaded(make_runner, tmp_path, prefix):
    path = tmp_path / 'own.pth'
    state_dict = {
        f'{prefix}weight': torch.tensor([3., 4.]),
        f'{prefix}norm.num_batches_tracked': torch.tensor(1)
    }
    torch.save(dict(state_dict=state_dict, meta={}), path)
    runner = make_runner(CheckpointCheckHook())
    runner.load_checkpoint(str(path))
    assert runner.model.weight.tolist() == [3, 4]


@pytest.mark.parametrize('name, fits', [('weight', False), ('teacher', True)])
def test_optional_weights(make_runner, tmp_path, name, fits):
    """A model may do without a part, but only without all of it."""
    path = tmp_path / 'part.pth'
    state = dict(weight=torch.ones(2), teacher=torch.ones(2))
    del state[name]
    torch.save(dict(state_dict=state, meta={}), path)
    runner = make_runner(CheckpointCheckHook())
    runner.model.register_buffer('teacher', torch.zeros(2))
    runner.model.optional_weights = ('teacher', )
    if fits:
        runner.load_checkpoint(str(path))
        assert runner.model.weight.tolist() == [1, 1]
    else:
        with pytest.raises(CheckpointMismatchError, match='missing.*weight'):
            runner.load_checkpoint(str(path))


@pytest.mark.parametrize('classes, fits', [
    (CLASSES, True),
    *((classes, False) for classes in REVERSED.values()),
])
def test_other_classes_are_refused(make_runner, tmp_path, classes, fits):
    """Weights that fit say nothing about the order of the classes."""
    path = tmp_path / 'own.pth'
    torch.save(checkpoint_of(trained()), path)
    runner = make_runner(ClassGuardHook(), CheckpointCheckHook())
    runner.model = Model(classes)
    if fits:
        runner.load_checkpoint(str(path))
        assert runner.model.hoi_head.named_rows() == \
            trained().hoi_head.named_rows()
        return
    with pytest.raises(
            CheckpointMismatchError, match='trained for other classes'):
        runner.load_checkpoint(str(path))
