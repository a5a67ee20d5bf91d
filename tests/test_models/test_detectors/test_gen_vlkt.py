# Copyright (c) mmhoi contributors.
"""What GEN-VLKT does differently from HOICLIP in the same detector."""
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from test_models.test_detectors.test_query_pairs import NUM_QUERIES, make_batch

from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

CONFIG = (
    Path(__file__).resolve().parents[3] /
    'configs/gen_vlkt/gen_vlkt_mini_synhico.py')


@pytest.fixture(scope='module')
def model_cfg():
    register_all_modules()
    return Config.fromfile(CONFIG).model


@pytest.fixture(scope='module')
def model(model_cfg):
    torch.manual_seed(0)
    model = MODELS.build(model_cfg)
    model.init_weights()
    return model.eval()


def without_clip(inputs):
    return dict(img=inputs['img'])


def test_losses(model):
    losses = model(*make_batch(1, 0), mode='loss')
    assert len(losses) == 3 * 7
    sum(losses.values()).backward()
    for name, param in model.named_parameters():
        assert (param.grad is not None) == param.requires_grad, name
    model.zero_grad()


def test_the_teacher_is_frozen(model):
    inputs, samples = make_batch(1)
    model.loss(inputs, samples)['loss_mimic'].backward()
    assert all(p.grad is None for p in model.clip_visual.parameters())
    assert model.interaction_decoder.layers[0].norms[1].weight.grad.any()
    model.zero_grad()


def test_mimic_loss(model):
    inputs, samples = make_batch(1, 1)
    with torch.no_grad():
        losses = model.loss(inputs, samples)
        out = model(inputs, samples, mode='tensor')
        _, target = model.clip_visual(inputs['clip_img'])
    for layer, prefix in enumerate(('d0.', 'd1.', '')):
        student = out['interaction_features'][layer].mean(1)
        expected = 20 * (student - target).abs().mean()
        torch.testing.assert_close(losses[prefix + 'loss_mimic'], expected)


def test_prediction_needs_no_clip(model):
    inputs, samples = make_batch(1, 1)
    with torch.no_grad():
        seen = model.predict(inputs, deepcopy(samples))
        blind = model.predict(without_clip(inputs), deepcopy(samples))
        out = model(without_clip(inputs), samples, mode='tensor')
    assert out['interaction_logits'].shape == (3, 2, NUM_QUERIES, 600)
    assert 'clip_logits' not in out
    for one, other in zip(seen, blind):
        assert torch.equal(one.pred_hoi_instances.scores,
                           other.pred_hoi_instances.scores)


def test_what_needs_clip_says_so(model, monkeypatch):
    inputs, samples = make_batch(1)
    with pytest.raises(ValueError, match='MimicLoss.*CLIPView'):
        model.loss(without_clip(inputs), samples)
    monkeypatch.setattr(model.bbox_head, 'test_cfg',
                        dict(training_free_enhancement=dict(topk=10)))
    with pytest.raises(ValueError, match='training_free.*CLIPView'):
        model.predict(without_clip(inputs), samples)


def test_zero_shot_predicts_with_untrained_texts(model_cfg):
    cfg = deepcopy(model_cfg)
    cfg.bbox_head.zero_shot_split = 'uv'
    cfg.bbox_head.interaction_classifier.fixed_eval = True
    model = MODELS.build(cfg).eval()
    inputs, samples = make_batch(1)
    with torch.no_grad():
        before = model(inputs, samples, mode='tensor')['interaction_logits']
        model.bbox_head.interaction_classifier.texts.weight.add_(1)
        after = model(inputs, samples, mode='tensor')['interaction_logits']
    assert before.shape[-1] == 600
    assert torch.equal(before, after)
