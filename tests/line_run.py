# Copyright (c) mmhoi contributors.
"""A run with two weights, for tests of what surrounds a model."""
import random

import numpy as np
import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from torch.utils.data import Dataset

CONFIG = """
default_scope = 'mmhoi'
custom_imports = dict(imports=['line_run'])
model = dict(type='mmengine.LineModel')
train_dataloader = dict(
    batch_size=2,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(type='mmengine.LineDataset'))
val_dataloader = dict(
    batch_size=2,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='mmengine.LineDataset'))
test_dataloader = val_dataloader
val_evaluator = dict(type='mmengine.LineMetric')
test_evaluator = val_evaluator
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=2)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.1, momentum=0.9))
default_hooks = dict(
    checkpoint=dict(type='CheckpointHook', interval=1),
    visualization=dict(type='HOIVisualizationHook'))
randomness = dict(seed=0)
"""


@MODELS.register_module(force=True)
class LineModel(BaseModel):
    """Two weights, fitted to y = 1 on inputs of shape (2, ).

    Args:
        num_weights (int): Other than 2 makes checkpoints that do not fit.
        num_hois (int), zero_shot_split (str): What ClassGuardHook looks at.
        dropout (float): Of the inputs.
    """

    def __init__(self,
                 num_weights=2,
                 num_hois=3,
                 zero_shot_split=None,
                 dropout=0.):
        super().__init__()
        self.num_hois = num_hois
        self.zero_shot_split = zero_shot_split
        self.weight = torch.nn.Parameter(torch.zeros(num_weights))
        self.dropout = torch.nn.Dropout(dropout)

    def forward(self, inputs, img_id, mode='tensor'):
        line = (self.weight[:2] * self.dropout(torch.stack(inputs))).sum(1)
        if mode == 'loss':
            return dict(
                loss_line=(line - 1).abs().mean(),
                loss_square=((line - 1)**2).mean())
        return [
            dict(
                img_id=int(i),
                img_path=f'{i}.jpg',
                ori_shape=(4, 6),
                pred_hoi_instances=dict(
                    sub_bboxes=torch.zeros(1, 4), scores=y[None]))
            for i, y in zip(img_id, line)
        ]


@DATASETS.register_module(force=True)
class LineDataset(Dataset):
    """Seven inputs; the one at `position` can be given a value.

    An odd number, which two processes cannot share evenly. `noise` is the
    size of a random augmentation.
    """

    def __init__(self,
                 position=None,
                 value=0.,
                 hoi_classes=('a', 'b', 'c'),
                 zero_shot_split=None,
                 noise=0.):
        generator = torch.Generator().manual_seed(0)
        self.inputs = torch.rand(7, 2, generator=generator)
        if position is not None:
            self.inputs[position] = value
        self.metainfo = dict(hoi_classes=hoi_classes)
        self.zero_shot_split = zero_shot_split
        self.noise = noise

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        # Augmentation is drawn with all three, see the transforms.
        drawn = random.random() + np.random.rand() + float(torch.rand(1))
        return dict(
            inputs=self.inputs[index] + self.noise * drawn, img_id=index)


@METRICS.register_module(force=True)
class LineMetric(BaseMetric):
    """Mean prediction and number of images."""

    default_prefix = 'line'

    def process(self, data_batch, data_samples):
        self.results += [(s['img_id'],
                          float(s['pred_hoi_instances']['scores']))
                         for s in data_samples]

    def compute_metrics(self, results):
        return dict(
            mean=sum(y for _, y in results) / len(results),
            images=float(len(dict(results))))
