# Copyright (c) mmhoi contributors.
"""Runs that end as if they were killed, and what is compared of them."""
from pathlib import Path

import torch
from mmengine.hooks import Hook

RANDOM = ('model.dropout=0.5', 'train_dataloader.dataset.noise=0.3',
          'default_hooks.stop.type=mmengine.StopHook')


class Killed(BaseException):
    """Ends a run without a word, as nothing handles it."""


class StopHook(Hook):
    """Ends the program as if it were killed after an iteration."""

    priority = 'LOWEST'

    def __init__(self, at=None, in_validation=None):
        self.at = at
        self.in_validation = in_validation

    def after_train_iter(self, runner, *args, **kwargs):
        if runner.iter + 1 == self.at:
            raise Killed

    def before_val(self, runner):
        if runner.epoch == self.in_validation:
            raise Killed


def load(path):
    return torch.load(path, weights_only=False)


def assert_same_run(one, other, name='epoch_2.pth'):
    one, other = load(Path(one, name)), load(Path(other, name))
    assert torch.equal(one['state_dict']['weight'],
                       other['state_dict']['weight'])
    momentum = [
        c['optimizer']['state'][0]['momentum_buffer'] for c in (one, other)
    ]
    assert torch.equal(*momentum)


def lines(capfd):
    """Warnings of the log, without their times."""
    return [
        line.partition('WARNING - ')[2]
        for line in capfd.readouterr().out.splitlines() if 'WARNING' in line
    ]
