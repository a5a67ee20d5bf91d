# Copyright (c) mmhoi contributors.
"""Images in which no pair survives: one of a batch, or all."""
from pathlib import Path

import pytest
import torch
from gradients import gradients
from mmengine.runner import set_random_seed
from mmengine.structures import InstanceData
from tiny_configs import tiny_config

from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample

BOXES = [[4., 4, 40, 60], [20, 20, 60, 60], [2, 2, 30, 60]]
LABELS = [0, 3, 0]
#: Labels of the boxes that an image has left.
LEFT = dict(nothing=[], humans=[0], objects=[3])
GIVEN_BOXES = [
    'factorized/factorized_mini_synhico.py',
    'functional/functional_mini_synhico.py',
    'functional/functional_mini_synhico_base.py',
    'consnet/consnet_mini_synhico.py'
]
OWN_BOXES = ['pvic/pvic_mini_synhico.py', 'upt/upt_mini_synhico.py']


@pytest.fixture(scope='module')
def built():
    return {}


@pytest.fixture
def make_model(built):
    """A function that gives the model of a config, without gradients."""

    def make(name):
        if name not in built:
            cfg = tiny_config(name, Path()).model
            if name in OWN_BOXES:
                cfg.pair_proposer.selector.update(
                    score_thr=1.0, min_instances=0)
            set_random_seed(0)
            built[name] = MODELS.build(cfg)
        built[name].zero_grad()
        return built[name].train()

    return make


def make_sample(num_hois, num_verbs, labels, annotated=True):
    shape = (64, 64)
    sample = HOIDataSample(
        metainfo=dict(
            batch_input_shape=shape, img_shape=shape, ori_shape=shape))
    # BatchNorm learns nothing from one.
    number = 2 * annotated
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor(BOXES[:1] * number).reshape(-1, 4),
        obj_bboxes=torch.tensor(BOXES[1:2] * number).reshape(-1, 4),
        obj_labels=torch.tensor(LABELS[1:2] * number).long(),
        hoi_labels=torch.eye(num_hois)[:number],
        verb_labels=torch.eye(num_verbs)[:number])
    if labels is not None:
        kept = [LABELS.index(label) for label in labels]
        sample.det_instances = InstanceData(
            bboxes=torch.tensor(BOXES)[kept].reshape(-1, 4),
            labels=torch.tensor(labels).long(),
            scores=torch.full((len(labels), ), .9))
    return sample


def make_batch(model, *images):
    """Images of noise; each is labels of boxes, and if it is annotated."""
    space = model.hoi_head.label_space
    sizes = len(space.hois), len(space.verbs)
    img = torch.rand(len(images), 3, 64, 64)
    return dict(img=img), [make_sample(*sizes, *image) for image in images]


def check_training(model, batch):
    """A finite loss, and a gradient of all that is trained."""
    losses = model.loss(*batch)
    sum(losses.values()).backward()
    # Processes that share gradients wait for each.
    for name, grad in gradients(model).items():
        assert grad.isfinite().all(), name
    return losses


@pytest.mark.parametrize('name', GIVEN_BOXES)
@pytest.mark.parametrize('annotated', [(False, True), (False, False)])
@pytest.mark.parametrize('left', LEFT)
def test_training(make_model, name, annotated, left):
    model = make_model(name)
    losses = check_training(
        model, make_batch(model, *((LEFT[left], x) for x in annotated)))
    assert any(losses.values()) == any(annotated)


@pytest.mark.parametrize('name', GIVEN_BOXES)
@pytest.mark.parametrize('left', LEFT)
def test_prediction(make_model, name, left):
    model = make_model(name).eval()
    # ConsNet pairs a human with itself, too.
    alone = left == 'humans' and getattr(model.propose_pairs, 'with_itself', 0)
    with torch.no_grad():
        for images in ([(LEFT[left], )], [(LEFT[left], ), (LABELS, )]):
            first, *others = model.predict(*make_batch(model, *images))
            assert bool(len(first.pred_hoi_instances)) == bool(alone)
            assert all(len(image.pred_hoi_instances) for image in others)


@pytest.mark.parametrize('name', OWN_BOXES)
@pytest.mark.parametrize('annotated', [(True, ), (False, False)])
def test_the_detector_finds_nothing(make_model, name, annotated):
    model = make_model(name)
    batch = make_batch(model, *((None, x) for x in annotated))
    assert not any(check_training(model, batch).values())
    with torch.no_grad():
        preds = model.eval().predict(*batch)
    assert [len(x.pred_hoi_instances) for x in preds] == [0] * len(annotated)


@pytest.mark.parametrize('num_annotated', [0, 1])
def test_queries_without_annotated_pair(make_model, num_annotated):
    """CDN has pairs in any case; those are of the background."""
    model = make_model('cdn/cdn_mini_synhico.py')
    annotated = [(None, i < num_annotated) for i in range(2)]
    losses = check_training(model, make_batch(model, *annotated))
    assert losses['loss_obj'] > 0
    assert bool(losses['loss_sub_bbox']) == bool(num_annotated)
