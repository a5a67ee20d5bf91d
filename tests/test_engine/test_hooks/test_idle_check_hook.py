# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.engine.hooks import IdleCheckHook


@pytest.fixture
def told(monkeypatch):
    """A function that says which warnings a runner's log has."""

    def watch(runner):
        lines = []
        monkeypatch.setattr(runner.logger, 'log',
                            lambda level, text: lines.append(text))
        return lambda: [text for text in lines if 'nothing was' in text]

    return watch


@pytest.mark.parametrize('losses, warnings', [
    ([0., 0.], 1),
    ([0., 0.5], 0),
    ([-1., 0.], 0),
])
def test_an_epoch_without_a_loss(make_runner, told, losses, warnings):
    runner, hook = make_runner(), IdleCheckHook()
    lines = told(runner)
    hook.before_train_epoch(runner)
    for number, loss in enumerate(losses):
        hook.after_train_iter(
            runner, number, outputs=dict(loss=torch.tensor(loss)))
    hook.after_train_epoch(runner)
    assert len(lines()) == warnings
    assert all('all losses of epoch 1 were 0' in text for text in lines())


def test_a_run_that_trains_says_nothing(make_runner, told):
    runner = make_runner(IdleCheckHook())
    lines = told(runner)
    runner.train()
    assert not lines()
