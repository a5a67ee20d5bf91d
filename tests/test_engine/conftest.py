# Copyright (c) mmhoi contributors.
import line_run  # noqa: F401
import pytest
from mmengine.runner import Runner


@pytest.fixture
def make_runner(tmp_path):
    """A function that builds a runner for two epochs of four iterations."""

    def make(*hooks, model=None, dataset=None, batch_size=2, drop_last=False):
        loader = dict(
            batch_size=batch_size,
            drop_last=drop_last,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=dict(type='LineDataset', **(dataset or {})))
        return Runner(
            model=dict(type='LineModel', **(model or {})),
            work_dir=str(tmp_path),
            train_dataloader=loader,
            train_cfg=dict(by_epoch=True, max_epochs=2),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=1)),
            custom_hooks=hooks,
            default_scope='mmengine',
            experiment_name=tmp_path.name)

    return make
