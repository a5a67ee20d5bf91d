# Copyright (c) mmhoi contributors.
"""The head of pairs with parts of all kinds."""
from copy import deepcopy

import pytest
import torch
from test_models.test_detectors.test_query_pairs import make_sample
from tiny_configs import read_config

from mmhoi.label_spaces import ClassNames
from mmhoi.models.losses import MimicLoss
from mmhoi.registry import MODELS

CONFIGS = ('hoiclip/hoiclip_mini_synhico.py',
           'gen_vlkt/gen_vlkt_mini_synhico.py', 'qpic/qpic_mini_synhico.py',
           'cdn/cdn_mini_synhico.py')
IMAGES, QUERIES, DIMS, CLIP_DIMS = 2, 16, 128, 128


@pytest.fixture(scope='module', params=CONFIGS)
def head(request):
    model = read_config(request.param).model
    torch.manual_seed(0)
    return MODELS.build(
        dict(
            clip=model.get('clip'),
            train_cfg=model.train_cfg,
            test_cfg=model.test_cfg,
            **model.bbox_head)).eval()


@pytest.fixture
def features(head):
    return make_features(head)


def make_features(head, layers=3, interaction_layers=3):
    generator = torch.Generator().manual_seed(0)

    def states(count):
        return torch.randn(count, IMAGES, QUERIES, DIMS, generator=generator)

    features = dict(
        sub_states=states(layers),
        obj_states=states(layers),
        interaction_features=states(interaction_layers))
    if head.clip is not None:
        features['clip_feature'] = torch.randn(
            IMAGES, CLIP_DIMS, generator=generator)
    return features


def make_samples(*num_pairs):
    samples = [make_sample(count) for count in num_pairs]
    for sample in samples:
        pairs = sample.gt_hoi_instances
        pairs.verb_labels = torch.eye(117)[[4] * len(pairs)]
    return samples


def test_outputs(head, features):
    outputs = head(**features)
    shape = 3, IMAGES, QUERIES
    count = head.interaction_classifier.num_classes
    assert outputs['interaction_logits'].shape == (*shape, count)
    assert outputs['obj_logits'].shape == (*shape, 81)
    for name in 'sub_bboxes', 'obj_bboxes':
        assert outputs[name].shape == (*shape, 4)
        assert ((outputs[name] > 0) & (outputs[name] < 1)).all()
    assert ('clip_logits' in outputs) == (head.clip is not None)


@pytest.mark.parametrize('layers, interaction_layers, expected', [(3, 1, 3),
                                                                  (3, 2, 2),
                                                                  (2, 3, 2)])
def test_other_numbers_of_layers(head, layers, interaction_layers, expected):
    outputs = head(**make_features(head, layers, interaction_layers))
    assert len(outputs['interaction_logits']) == expected
    assert len(outputs['sub_bboxes']) == expected


def test_predictions_are_of_the_last_layer(head, features):
    outputs, last = head(**features), head.last_outputs(**features)
    for one, other in zip(head.combinations(outputs), head.combinations(last)):
        assert one.shape == (IMAGES, QUERIES, head.num_hois)
        # Matrix products of fewer rows round otherwise.
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_predictions(head, features):
    samples = make_samples(1, 1)
    predicted = head.predict(samples, **features)
    in_input = head.predict(samples, rescale=False, **features)
    combinations = head.combinations(head.last_outputs(**features))
    for i, (pred, other) in enumerate(zip(predicted, in_input)):
        assert 0 < len(pred) <= 100
        torch.testing.assert_close(other.sub_bboxes * 2, pred.sub_bboxes)
        for name in 'scores', 'confidences', 'obj_scores', 'obj_labels':
            table = getattr(combinations, name)[i]
            assert torch.equal(pred[name], table[pred.query_inds, pred.labels])
        assert ((pred.confidences >= 0) & (pred.confidences <= 1)).all()


def test_losses(head, features):
    losses = head.loss(make_samples(2, 0), **features)
    names = {
        'loss_hoi', 'loss_obj', 'loss_sub_bbox', 'loss_obj_bbox',
        'loss_sub_iou', 'loss_obj_iou',
        *(f'loss_{name}' for name in head.auxiliary_losses)
    }
    assert set(losses) == {
        f'{p}{n}'
        for p in ('', 'd0.', 'd1.')
        for n in names
    }
    assert all(loss.isfinite() and loss >= 0 for loss in losses.values())


def test_auxiliary_losses_have_a_name_and_all_outputs(head, features):
    head = deepcopy(head)
    seen = []

    class Loss(torch.nn.Module):

        def forward(self, outputs):
            seen.append(outputs)
            return [torch.tensor(float(i)) for i in range(3)]

    head.auxiliary_losses['mine'] = Loss()
    losses = head.loss(make_samples(1, 1), **features)
    assert [losses[f'{p}loss_mine'].item() for p in ('d0.', 'd1.', '')] == \
        [0, 1, 2]
    assert seen[0]['interaction_features'].shape[:3] == (3, IMAGES, QUERIES)


def test_mimic_loss_without_a_teacher():
    with pytest.raises(ValueError, match='auxiliary_losses.*CLIPView'):
        MimicLoss()(dict(interaction_features=torch.zeros(1, 1, 1, 1)))


def test_rows_of_classes(head):
    """Each weight with rows for classes is there with as many."""
    state = head.state_dict()
    names = ClassNames.of_space(head.label_space)
    rows = {
        row: classes
        for row, classes in head.class_rows(names).items() if row in state
    }
    assert {row.split('.')[0]
            for row in rows} == {'obj_classifier', 'interaction_classifier'}
    assert all(len(state[row]) == len(rows[row]) for row in rows)


def test_selection_follows_the_config(head):
    assert head.select.max_per_img == head.test_cfg.get('max_per_img', 100)
    assert head.select.pair_nms == head.test_cfg.get('pair_nms')
