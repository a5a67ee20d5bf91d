# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.engine.hooks import BatchCheckHook


def test_less_than_a_batch_is_refused(make_runner):
    runner = make_runner(BatchCheckHook(), batch_size=8, drop_last=True)
    with pytest.raises(
            ValueError,
            match='7 training images do not fill a batch of 8.*drop_last'):
        runner.train()


@pytest.mark.parametrize('loader', [
    dict(batch_size=7, drop_last=True),
    dict(batch_size=8),
])
def test_a_batch_is_enough(make_runner, loader):
    runner = make_runner(BatchCheckHook(), **loader)
    runner.train()
    assert runner.iter == 2
