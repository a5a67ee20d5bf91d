# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, MODELS
from mmengine.runner import Runner
from torch.utils.data import Dataset


@MODELS.register_module(force=True)
class LineModel(BaseModel):
    """Two weights; `num_hois` is what ClassCheckHook looks at."""

    def __init__(self, num_hois=3):
        super().__init__()
        self.num_hois = num_hois
        self.weight = torch.nn.Parameter(torch.ones(2))

    def forward(self, inputs, mode='tensor'):
        line = (self.weight * torch.stack(inputs)).sum(1)
        if mode == 'loss':
            return dict(loss_line=line.mean(), loss_square=(line**2).mean())
        return list(line)


@DATASETS.register_module(force=True)
class LineDataset(Dataset):
    """Eight inputs, of which one can be chosen."""

    def __init__(self, position=None, value=0., hoi_classes=('a', 'b', 'c')):
        self.inputs = torch.ones(8, 2)
        if position is not None:
            self.inputs[position] = value
        self.metainfo = dict(hoi_classes=hoi_classes)

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return dict(inputs=self.inputs[index])


@pytest.fixture
def make_runner(tmp_path):
    """A function that builds a runner for two epochs of four iterations."""

    def make(*hooks, model=None, dataset=None):
        loader = dict(
            batch_size=2,
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
