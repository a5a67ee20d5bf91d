# Copyright (c) mmhoi contributors.
"""HOICLIP against outputs of the official implementation."""
import numpy as np
import pytest
import torch
from test_parity.tiny_hoiclip import (GOLDEN, build_tiny_hoiclip,
                                      golden_inputs, golden_samples,
                                      official_state)

from mmhoi.models.dense_heads.pair_targets import pair_targets
from mmhoi.models.dense_heads.training_free_enhancement import \
    training_free_scores
from mmhoi.models.official import from_official_hoiclip
from mmhoi.utils import register_all_modules

OUTPUTS = {
    'hoi_logits': ('pred_hoi_logits', 1e-4),
    'obj_logits': ('pred_obj_logits', 1e-4),
    'sub_bboxes': ('pred_sub_boxes', 2e-5),
    'obj_bboxes': ('pred_obj_boxes', 2e-5)
}
LOSSES = {
    'loss_hoi': 'loss_hoi_labels',
    'loss_obj': 'loss_obj_ce',
    'loss_sub_bbox': 'loss_sub_bbox',
    'loss_obj_bbox': 'loss_obj_bbox',
    'loss_sub_iou': 'loss_sub_giou',
    'loss_obj_iou': 'loss_obj_giou'
}
ALL_LOSSES = {
    **LOSSES,
    **{
        f'd0.{ours}': f'{theirs}_0'
        for ours, theirs in LOSSES.items()
    }
}


@pytest.fixture(scope='module')
def golden():
    with np.load(GOLDEN) as file:
        return dict(file)


@pytest.fixture(scope='module')
def model(golden, tmp_path_factory):
    register_all_modules()
    folder = tmp_path_factory.mktemp('clip')
    return build_tiny_hoiclip(golden, folder / 'tiny_clip.json')


@pytest.fixture(scope='module')
def outputs(model, golden):
    with torch.no_grad():
        return model(
            golden_inputs(golden), golden_samples(golden), mode='tensor')


@pytest.mark.parametrize('name', OUTPUTS)
@pytest.mark.parametrize('layer, group', [(0, 'aux'), (1, 'final')])
def test_outputs(outputs, golden, name, layer, group):
    official, tolerance = OUTPUTS[name]
    np.testing.assert_allclose(
        outputs[name][layer].numpy(),
        golden[f'{group}/{official}'],
        rtol=0,
        atol=tolerance)


def test_clip_logits(outputs, golden):
    np.testing.assert_allclose(
        outputs['clip_logits'].numpy(),
        golden['clip_logits'],
        rtol=0,
        atol=1e-5)


@pytest.mark.parametrize('layer, group', [(0, 'aux_0'), (1, 'final')])
def test_matching(model, outputs, golden, layer, group):
    single = {name: outputs[name][layer] for name in OUTPUTS}
    samples = golden_samples(golden)
    targets = pair_targets(single, samples, model.bbox_head.assigner)
    for i, sample in enumerate(samples):
        queries, pairs = golden[f'match/{group}/{i}']
        matched = targets['matched'][i].nonzero().flatten().tolist()
        assert matched == queries.tolist()
        labels = sample.gt_hoi_instances.hoi_labels[pairs]
        assert torch.equal(targets['hoi_labels'][i][queries], labels)


@pytest.mark.parametrize('empty, group', [
    ((), 'loss'),
    ((1, ), 'loss_second_image_empty'),
    ((0, 1), 'loss_both_empty'),
])
def test_losses(model, golden, empty, group):
    samples = golden_samples(golden, empty)
    with torch.no_grad():
        losses = model(golden_inputs(golden), samples, mode='loss')
    assert set(losses) == set(ALL_LOSSES)
    for ours, theirs in ALL_LOSSES.items():
        assert losses[ours].item() == pytest.approx(
            float(golden[f'{group}/{theirs}']), rel=1e-5, abs=1e-7), ours
    if not empty:
        assert sum(losses.values()).item() == pytest.approx(
            float(golden['total_loss']), rel=1e-5)


def test_gradients(model, golden):
    model.zero_grad()
    losses = model(golden_inputs(golden), golden_samples(golden), mode='loss')
    sum(losses.values()).backward()
    parameters = dict(model.named_parameters())
    compared = 0
    for name, norm in zip(golden['grad_names'], golden['grad_norms']):
        # Its gradient is zero; what is stored is rounding noise.
        if norm < 1e-4:
            continue
        renamed = from_official_hoiclip({str(name): torch.zeros(1)})
        for ours in renamed:
            gradient = parameters[ours].grad.norm().item()
            assert gradient == pytest.approx(norm, rel=1e-3), ours
            compared += 1
    assert compared > 100
    model.zero_grad()


def test_predictions(model, golden):
    with torch.no_grad():
        samples = model(
            golden_inputs(golden), golden_samples(golden), mode='predict')
    hoi_objects = model.bbox_head.hoi_objects.numpy()
    for i, sample in enumerate(samples):
        pred = sample.pred_hoi_instances.numpy()
        scores = golden['post/hoi_scores'][i] + \
            golden['post/obj_scores'][i][:, hoi_objects]**2
        best = np.sort(scores.ravel())[::-1][:100]
        np.testing.assert_allclose(pred.scores, best, rtol=0, atol=1e-5)
        np.testing.assert_allclose(
            pred.scores,
            scores[pred.query_inds, pred.labels],
            rtol=0,
            atol=1e-5)
        boxes = golden['post/boxes'][i]
        num_queries = len(boxes) // 2
        np.testing.assert_allclose(
            pred.sub_bboxes, boxes[pred.query_inds], rtol=0, atol=0.02)
        np.testing.assert_allclose(
            pred.obj_bboxes,
            boxes[num_queries + pred.query_inds],
            rtol=0,
            atol=0.02)


@pytest.mark.parametrize('topk', [10, 30])
def test_training_free_enhancement(golden, topk):
    """`top30` is without the official code's loss of the 11th and later."""
    bonus = training_free_scores(
        torch.from_numpy(golden['tfe/cls']), topk=topk, mode='sigmoid')
    np.testing.assert_allclose(
        golden['tfe/before'] + bonus.numpy(),
        golden[f'tfe/top{topk}'],
        rtol=0,
        atol=1e-6)


def test_padding_is_attended(model, golden):
    """The interaction decoder has no padding mask: as the official code."""
    features = model.forward_features(
        golden_inputs(golden), golden_samples(golden))
    alone = {
        name: value[1:] if name == 'clip_img' else value[1:, :, :288]
        for name, value in golden_inputs(golden).items()
    }
    feature = model.backbone.feature
    sample = golden_samples(golden)[1]
    sample.set_metainfo(dict(batch_input_shape=(256, 288)))
    try:
        model.backbone.feature = feature[1:, :, :, :9]
        single = model.forward_features(alone, [sample])
    finally:
        model.backbone.feature = feature
    difference = single['hoi_features'][0] - features['hoi_features'][:, 1]
    assert difference.abs().max() > 1e-3


def test_unknown_parameter_is_an_error(golden):
    state = official_state(golden)
    state['transformer.surprise.weight'] = torch.zeros(1)
    with pytest.raises(KeyError, match='surprise'):
        from_official_hoiclip(state)
