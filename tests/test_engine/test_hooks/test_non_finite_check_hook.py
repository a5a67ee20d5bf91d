# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.hooks import Hook

from mmhoi.engine.hooks import NonFiniteCheckHook


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_bad_loss_stops_before_its_checkpoint(make_runner, tmp_path, value):
    # Input 6 is the fourth and last batch of an epoch.
    runner = make_runner(
        NonFiniteCheckHook(), dataset=dict(position=6, value=value))
    with pytest.raises(FloatingPointError) as error:
        runner.train()
    for part in ('epoch 1, iteration 4', 'loss_line =', 'loss_square =',
                 'none yet'):
        assert part in str(error.value)
    assert not list(tmp_path.glob('*.pth'))


class SpoilInputs(Hook):
    """Makes the second batch of the second epoch NaN."""

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if (runner.epoch, batch_idx) == (1, 1):
            data_batch['inputs'] = [
                x * float('nan') for x in data_batch['inputs']
            ]


def test_earlier_checkpoint_is_kept_and_named(make_runner, tmp_path):
    runner = make_runner(NonFiniteCheckHook(), SpoilInputs())
    with pytest.raises(FloatingPointError, match='iteration 6') as error:
        runner.train()
    assert [path.name for path in tmp_path.glob('*.pth')] == ['epoch_1.pth']
    assert str(tmp_path / 'epoch_1.pth') in str(error.value)
    checkpoint = torch.load(tmp_path / 'epoch_1.pth', weights_only=False)
    assert torch.isfinite(checkpoint['state_dict']['weight']).all()


class SpoilWeights(Hook):
    """Makes a weight infinite after the losses were looked at."""

    priority = 'HIGH'

    def after_train_epoch(self, runner):
        runner.model.weight.data[1] = float('inf')


def test_bad_weights_are_not_saved(make_runner, tmp_path):
    runner = make_runner(NonFiniteCheckHook(), SpoilWeights())
    with pytest.raises(FloatingPointError, match='the first is weight'):
        runner.train()
    assert not list(tmp_path.glob('*.pth'))


def test_good_run_is_left_alone(make_runner, tmp_path):
    make_runner(NonFiniteCheckHook()).train()
    names = sorted(path.name for path in tmp_path.glob('*.pth'))
    assert names == ['epoch_1.pth', 'epoch_2.pth']
