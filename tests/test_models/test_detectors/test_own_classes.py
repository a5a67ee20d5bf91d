# Copyright (c) mmhoi contributors.
"""A model for the classes of a class file."""
import json

import pytest
import torch
from mmengine.runner.checkpoint import load_state_dict
from mmengine.structures import InstanceData
from tiny_configs import read_config

from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample

CLASSES = dict(
    objects=['bicycle', 'horse'],
    verbs=['ride', 'hug', 'wave'],
    hois=[
        dict(verb='ride', object='horse'),
        dict(verb='hug', object='person'),
        dict(verb='wave'),
        dict(verb='ride', object='bicycle')
    ])


@pytest.fixture
def model(tmp_path):
    path = tmp_path / 'classes.json'
    path.write_text(json.dumps(CLASSES))
    cfg = read_config('hoiclip/hoiclip_mini_synhico.py').model
    cfg.bbox_head.label_space = str(path)
    torch.manual_seed(0)
    return MODELS.build(cfg)


@pytest.fixture
def batch():
    """One image of a person who waves and rides a horse."""
    sample = HOIDataSample(
        metainfo=dict(
            img_shape=(96, 96),
            batch_input_shape=(96, 96),
            ori_shape=(192, 192)))
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor([[10., 10, 60, 80]] * 2),
        obj_bboxes=torch.tensor([[20., 30, 90, 80], [0, 0, 0, 0]]),
        obj_labels=torch.tensor([2, 3]),
        hoi_labels=torch.tensor([[1., 0, 0, 0], [0, 0, 1, 0]]))
    inputs = dict(
        img=torch.randn(1, 3, 96, 96), clip_img=torch.randn(1, 3, 96, 96))
    return inputs, [sample]


def test_sizes_losses_and_predictions(model, batch):
    head = model.bbox_head
    # Person, bicycle, horse, "no object", background.
    assert head.obj_classifier.texts.num_classes == 5
    assert head.loss_obj.class_weight == [1.0] * 4 + [0.1]
    classifier = head.interaction_classifier
    assert classifier.num_classes == head.num_hois == 4
    assert len(classifier.verbs.weight) == 3
    losses = model.loss(*batch)
    assert all(loss.isfinite() for loss in losses.values())
    with torch.no_grad():
        pred, = model.eval().predict(*batch)
    pred = pred.pred_hoi_instances
    assert len(pred) and pred.labels.max() < 4
    assert pred.obj_labels.tolist() == [{
        0: 2,
        1: 0,
        2: 3,
        3: 1
    }[label] for label in pred.labels.tolist()]
    assert pred.verb_labels.tolist() == [{
        0: 0,
        1: 1,
        2: 2,
        3: 0
    }[label] for label in pred.labels.tolist()]


def test_weights_of_other_classes(model):
    """They keep the own classes' texts, all else is taken over."""
    before = {name: value.clone() for name, value in model.named_parameters()}
    classes = [
        f'bbox_head.{part}.weight'
        for part in ('obj_classifier.texts', 'interaction_classifier.texts',
                     'interaction_classifier.verbs')
    ]
    state = {name: value + 1 for name, value in before.items()}
    for name in classes:
        state[name] = torch.ones(77, before[name].shape[1])
    load_state_dict(model, state)
    kept = {
        name
        for name, value in model.named_parameters()
        if value.equal(before[name])
    }
    assert kept == set(classes)
