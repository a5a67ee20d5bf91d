# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import nn

from mmhoi.engine.hooks import PartsFirstHook
from mmhoi.utils.setup_error import SetupError


class TwoParts(BaseModel):
    """A network, a part that is added to it, and a frozen one."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.network = nn.Linear(2, 1)
        self.head = nn.ModuleDict(dict(added=nn.Linear(2, 1)))
        self.frozen = nn.Linear(2, 1).requires_grad_(False)

    def forward(self, inputs, mode):
        inputs = torch.stack(inputs)
        return dict(
            loss_network=self.network(inputs).square().mean(),
            loss_both=(self.network(inputs) +
                       self.head['added'](inputs)).square().mean())


class Weights(Hook):
    """The parts' weights before training and after each epoch."""

    def __init__(self):
        self.all = []

    def before_train(self, runner):
        self.after_train_epoch(runner)

    def after_train_epoch(self, runner):
        model = runner.model
        self.all.append([
            part.weight.detach().clone()
            for part in (model.network, model.head['added'], model.frozen)
        ])

    def changed(self):
        return [
            tuple(not one.equal(other) for one, other in zip(*pair))
            for pair in zip(self.all, self.all[1:])
        ]


@pytest.fixture
def run(tmp_path):
    """A function that trains for three epochs and tells what changed."""

    def run(hook, resume=None, by_epoch=True):
        weights = Weights()
        runner = Runner(
            model=TwoParts(),
            work_dir=str(tmp_path),
            train_dataloader=dict(
                batch_size=2,
                sampler=dict(type='DefaultSampler', shuffle=False),
                dataset=[dict(inputs=torch.ones(2)) for _ in range(4)]),
            train_cfg=dict(by_epoch=True, max_epochs=3) if by_epoch else dict(
                by_epoch=False, max_iters=3),
            optim_wrapper=dict(
                optimizer=dict(type='SGD', lr=0.01, momentum=0.9)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=1)),
            custom_hooks=[hook, weights],
            default_scope='mmengine',
            experiment_name=tmp_path.name)
        if resume:
            runner.resume(str(tmp_path / resume))
        runner.train()
        return runner, weights

    return run


FIRST, BOTH = (False, True, False), (True, True, False)


def test_one_part_then_both(run):
    runner, weights = run(PartsFirstHook(['head.added'], epochs=2))
    assert weights.changed() == [FIRST, FIRST, BOTH]
    assert not any(p.requires_grad for p in runner.model.frozen.parameters())


@pytest.mark.parametrize('epoch, changed', [(1, [FIRST, BOTH]), (2, [BOTH])])
def test_a_resumed_run_is_in_its_step(run, epoch, changed):
    _, whole = run(PartsFirstHook(['head.added'], epochs=2))
    _, rest = run(
        PartsFirstHook(['head.added'], epochs=2), resume=f'epoch_{epoch}.pth')
    assert rest.changed() == changed
    for one, other in zip(whole.all[-1], rest.all[-1]):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize('parts, by_epoch, message', [
    (['head.other'], True, '"head.other"; parts of "head": head.added'),
    (['nothing'], True, 'parts of "the model": network, head, frozen'),
    (['frozen'], True, 'nothing to train in "frozen"'),
    (['head'], False, 'EpochBasedTrainLoop'),
])
def test_what_cannot_come_first(run, parts, by_epoch, message):
    with pytest.raises(SetupError, match=message):
        run(PartsFirstHook(parts), by_epoch=by_epoch)


@pytest.mark.parametrize('arguments', [
    dict(parts=['a'], epochs=0),
    dict(parts=[]),
    dict(parts='a'),
])
def test_arguments(arguments):
    with pytest.raises(ValueError, match='PartsFirstHook: parts='):
        PartsFirstHook(**arguments)
