# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.engine.divergence import explained_divergence
from mmhoi.engine.hooks import NonFiniteCheckHook


@pytest.mark.parametrize('weight, error, part', [
    (0., ValueError('matrix contains invalid numeric entries'),
     'costs of the matching are not finite in epoch 1, iteration 1'),
    (float('nan'), AssertionError(), 'weights are not finite in epoch 1'),
])
def test_errors_of_numbers_that_are_not_finite(make_runner, weight, error,
                                               part):
    runner = make_runner()
    runner.model.weight.data[0] = weight
    runner.message_hub.update_scalar('train/loss', 7.)
    with pytest.raises(FloatingPointError) as found:
        with explained_divergence(runner):
            raise error
    for text in (part, 'loss = 7', 'Last good checkpoint: none yet'):
        assert text in str(found.value)


def test_other_errors_stay(make_runner):
    with pytest.raises(ValueError, match='other'):
        with explained_divergence(make_runner()):
            raise ValueError('other')


def test_gradients(make_runner):
    runner = make_runner()
    runner.message_hub.update_scalar('train/grad_norm', float('inf'))
    hook = NonFiniteCheckHook()
    outputs = dict(loss=torch.tensor(3.))
    with pytest.raises(FloatingPointError, match='gradients.*loss = 3'):
        hook.after_train_iter(runner, 0, outputs=outputs)
    # A loss scaler leaves such a step out.
    runner.optim_wrapper = type('Scaled', (), dict(loss_scaler=1))()
    hook.after_train_iter(runner, 0, outputs=outputs)
