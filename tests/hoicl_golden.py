# Copyright (c) mmhoi contributors.
"""What the official code of VCL, ATL and FCL computed, and our heads."""
import json
from pathlib import Path
from typing import Dict, List

import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads import PairStreamHead
from mmhoi.models.instance_features import PairCrops
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample, PairProposals

FOLDER = Path(__file__).parent / 'data'
DATA = dict(np.load(FOLDER / 'hoicl_network.npz'))
SPACE = load_label_space('hico_det')
#: Rows of official tables of objects: HICO-DET's order is by name.
ALPHABETICAL = np.argsort(np.argsort(SPACE.objects))
#: Behind each hidden layer stands a BatchNorm that is never trained.
NORM = (1 + 1e-5)**-0.5

STREAMS = dict(
    spatial=dict(
        inputs=['sub', dict(type='BoxPairMap')],
        hidden_dims=(32, 32),
        dropout=0.0),
    verb_object=dict(
        inputs=['union', 'obj'],
        hidden_dims=(32, 32),
        dropout=0.0,
        negatives=0.125,
        loss_weight=2.0))
VERB_STREAM = dict(
    inputs=['union'],
    classes='verb',
    hidden_dims=(),
    negatives=0.125,
    loss_weight=0.3)
OFFICIAL = {
    'streams.spatial.input_1.convs.0': 'resnet_v1_50/conv1_sp',
    'streams.spatial.input_1.convs.3': 'resnet_v1_50/conv2_sp',
    'streams.spatial.hidden.0': 'Concat_SHsp',
    'streams.spatial.hidden.3': 'fc7_SHsp',
    'streams.spatial.classifier': 'classification/cls_score_sp',
    'streams.verb_object.hidden.0': 'Concat_verbs',
    'streams.verb_object.hidden.3': 'fc7_verbs',
    'streams.verb_object.classifier': 'classification/cls_score_verbs',
    'streams.verb.classifier': 'verbs_loss/verbs_cls_score',
    'composer.layers.0': 'generator/fc3',
    'composer.layers.2': 'generator/fc4',
}


def official_value(name: str) -> Tensor:
    """A weight of the official code under one of our names."""
    if name == 'composer.identities':
        table = torch.from_numpy(DATA['w/generator/identity_variable'])
        return table[ALPHABETICAL].float()
    start, kind = name.rsplit('.', 1)
    kinds = dict(weight='weights', bias='biases')
    value = torch.from_numpy(DATA[f'w/{OFFICIAL[start]}/{kinds[kind]}'])
    value = value.float()
    if kind == 'bias':
        return value
    if value.dim() == 4:
        return value.permute(3, 2, 0, 1)
    value = value.T
    if start == 'streams.spatial.hidden.0':
        # The map is flattened channel by channel here.
        maps = value[:, 16:].unflatten(1, (13, 13, 32)).permute(0, 3, 1, 2)
        value = torch.cat([value[:, :16], maps.flatten(1)], 1)
    return value * NORM if '.hidden.' in start else value


def make_head(**options) -> PairStreamHead:
    """The head of VCL with the official weights."""
    head = MODELS.build(
        dict(
            type='PairStreamHead',
            embed_dims=16,
            label_space='hico_det',
            streams=STREAMS)
        | options)
    head.load_state_dict(
        {name: official_value(name)
         for name in head.state_dict()})
    head.class_weights = torch.from_numpy(DATA['hoi_weight'])
    return head


class Image:
    """Pairs of one image of the golden file, as the head takes them."""

    def __init__(self, index: int) -> None:

        def read(name: str) -> Tensor:
            return torch.from_numpy(DATA[f'in{index}/{name}']).float()

        hois = json.loads(str(DATA[f'in{index}/hoi_ids']))
        num, num_pos = len(hois), int(DATA[f'in{index}/n_pos'])
        self.labels = torch.zeros(num, 600)
        for row, ids in enumerate(hois):
            self.labels[row, ids] = 1
        self.crops = PairCrops(
            torch.cat([read('H')] * 2), torch.cat([read('O')] * 2), read('V'))
        boxes = torch.cat([read('sub_bboxes'), read('obj_bboxes')])
        objects = torch.tensor([SPACE.hoi_objects[ids[0]] for ids in hois])
        rows = torch.arange(num)
        self.proposals = PairProposals(
            boxes, torch.cat([torch.zeros_like(objects), objects]),
            torch.ones(2 * num), rows, rows + num,
            torch.where(rows < num_pos, rows, -1))
        self.sample = HOIDataSample()
        self.sample.gt_hoi_instances = InstanceData(
            hoi_labels=self.labels[:num_pos])


def batch(images: List[Image]) -> Dict[str, list]:
    """Arguments of the head."""
    return dict(
        tokens=[image.crops for image in images],
        proposals=[image.proposals for image in images],
        img_sizes=torch.full((len(images), 2), 999))


def gradient_norms(head: PairStreamHead) -> Dict[str, float]:
    """Norms of gradients by the names of the golden file."""
    norms = {}
    for name, value in head.named_parameters():
        if name == 'composer.identities':
            norms['generator/identity_variable'] = value.grad.norm().item()
            continue
        start, kind = name.rsplit('.', 1)
        # That of a scaled weight.
        scale = NORM if '.hidden.' in start and kind == 'weight' else 1
        kind = dict(weight='weights', bias='biases')[kind]
        norms[f'{OFFICIAL[start]}/{kind}'] = scale * value.grad.norm().item()
    return norms
