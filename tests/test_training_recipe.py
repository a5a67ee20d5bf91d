# Copyright (c) mmhoi contributors.
"""What the configs train, and how fast, is the official recipe."""
import re
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.logging import MMLogger
from mmengine.optim import build_optim_wrapper
from mmengine.registry import PARAM_SCHEDULERS
from mmengine.runner import Runner
from test_models.test_detectors.test_query_pairs import make_batch
from tiny_configs import read_config, use_mini_clip

from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.registry import MODELS

OFFICIAL_NAMES = Path(__file__).parent / 'data' / 'hoiclip_trainable.txt'
CLASSIFIERS = r'bbox_head\.(obj|interaction)_classifier\.texts\.(weight|bias)'
FROZEN = (r'clip_visual\..*', r'backbone\.(conv1|bn1|layer1\..*)',
          r'backbone\..*\.(bn\d|downsample\.1)')
# Names of parameters without `weight` or `bias` that a method never trains,
# and learning rates by the start of the name.
HOICLIP = dict(
    frozen=FROZEN + (CLASSIFIERS, ), rates={
        r'backbone\.': 1e-5,
        '': 1e-4
    })
GEN_VLKT = dict(
    frozen=FROZEN, rates={
        r'backbone\.': 1e-5,
        CLASSIFIERS: 1e-5,
        '': 1e-4
    })
GEN_VLKT_ZERO_SHOT = dict(
    frozen=FROZEN +
    (CLASSIFIERS, r'bbox_head\.interaction_classifier\.texts\.eval_\w+'),
    rates=GEN_VLKT['rates'])
RECIPES = {
    'hoiclip/hoiclip_r50_hico.py': HOICLIP,
    'hoiclip/zero_shot/hoiclip_r50_hico_rf-uc.py': HOICLIP,
    'hoiclip/zero_shot/hoiclip_r50_hico_uv_strict.py': HOICLIP,
    'hoiclip/hoiclip_r50_vcoco.py': HOICLIP,
    'gen_vlkt/gen_vlkt_s_r50_hico.py': GEN_VLKT,
    'gen_vlkt/gen_vlkt_l_r101_hico.py': GEN_VLKT,
    'gen_vlkt/gen_vlkt_s_r50_vcoco.py': GEN_VLKT,
    'gen_vlkt/gen_vlkt_s_r50_hico_rf-uc.py': GEN_VLKT_ZERO_SHOT,
    'gen_vlkt/gen_vlkt_s_r50_hico_uv.py': GEN_VLKT_ZERO_SHOT,
}
LOSS_WEIGHTS = dict(loss_hoi=2, loss_obj=1, loss_bbox=2.5, loss_iou=1)
MATCH_WEIGHTS = dict(
    HOIClassCost=1, HOIObjectCost=1, HOIBBoxL1Cost=2.5, HOIIoUCost=1)


@lru_cache(maxsize=None)
def build(name):
    """Config, model with its own depth but the mini CLIP, and optimizer."""
    cfg = read_config(name)
    model = MODELS.build(use_mini_clip(cfg.model))
    return cfg, model, build_optim_wrapper(model, cfg.optim_wrapper)


@pytest.mark.parametrize('name', RECIPES)
def test_frozen_parts(name):
    _, model, _ = build(name)
    for param_name, param in model.named_parameters():
        is_frozen = any(
            re.fullmatch(rf'{pattern}(\.weight|\.bias)?', param_name)
            for pattern in RECIPES[name]['frozen'])
        assert param.requires_grad != is_frozen, param_name


def test_trained_are_the_official_parameters():
    _, model, _ = build('hoiclip/hoiclip_r50_hico.py')
    names = OFFICIAL_NAMES.read_text().split()
    state = {name: torch.zeros(1) for name in names}
    official = FAMILIES['hoiclip'].rename(state, None)
    assert {n
            for n, p in model.named_parameters()
            if p.requires_grad} == set(official)


@pytest.mark.parametrize('training', [True, False])
@pytest.mark.parametrize('name', RECIPES)
def test_frozen_statistics(name, training):
    """BatchNorm and CLIP's tower stay in eval mode while all else trains."""
    _, model, _ = build(name)
    model.train(training)
    for module_name, module in model.named_modules():
        never = (
            module_name.startswith('clip_visual')
            or isinstance(module, torch.nn.BatchNorm2d)
            or re.match(r'backbone\.layer1', module_name))
        assert module.training == (training and not never), module_name


@pytest.mark.parametrize('name', RECIPES)
def test_learning_rates(name):
    _, model, wrapper = build(name)
    names = {id(param): name for name, param in model.named_parameters()}
    seen = []
    for group in wrapper.optimizer.param_groups:
        assert group['weight_decay'] == 1e-4
        for param in group['params']:
            seen.append(names[id(param)])
            rate = next(rate
                        for pattern, rate in RECIPES[name]['rates'].items()
                        if re.match(pattern, seen[-1]))
            assert group['lr'] == pytest.approx(rate), seen[-1]
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    assert len(seen) == len(set(seen)) and trained <= set(seen)


@pytest.mark.parametrize('name', RECIPES)
def test_optimizer(name):
    cfg, _, wrapper = build(name)
    assert type(wrapper.optimizer) is torch.optim.AdamW
    assert wrapper.optimizer.defaults['betas'] == (0.9, 0.999)
    assert wrapper.optimizer.defaults['eps'] == 1e-8
    assert wrapper.clip_grad_kwargs == dict(max_norm=0.1, norm_type=2)
    assert cfg.train_dataloader.batch_size == 8
    assert cfg.auto_scale_lr == dict(enable=False, base_batch_size=16)
    # The official loaders leave the last, smaller batch out.
    assert cfg.train_dataloader.drop_last


@pytest.mark.parametrize('name', RECIPES)
def test_schedule(name):
    """90 epochs, a tenth of the learning rate from the 61st on."""
    cfg, _, _ = build(name)
    assert cfg.train_cfg.max_epochs == 90
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([parameter], lr=1e-4)
    scheduler, = [
        PARAM_SCHEDULERS.build(dict(optimizer=optimizer, **scheduler))
        for scheduler in cfg.param_scheduler
    ]
    rates = []
    for _ in range(90):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    assert rates == pytest.approx([1e-4] * 60 + [1e-5] * 30)


def test_auto_scale_lr():
    """One process with 8 images: half of every learning rate."""
    cfg, model, _ = build('gen_vlkt/gen_vlkt_s_r50_hico.py')
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    before = [group['lr'] for group in wrapper.optimizer.param_groups]
    runner = SimpleNamespace(
        _train_dataloader=cfg.train_dataloader,
        world_size=1,
        logger=MMLogger.get_current_instance(),
        param_schedulers=cfg.param_scheduler)
    Runner.scale_lr(runner, wrapper, dict(cfg.auto_scale_lr, enable=True))
    after = [group['lr'] for group in wrapper.optimizer.param_groups]
    assert after == pytest.approx([lr / 2 for lr in before])


@pytest.mark.parametrize('name', RECIPES)
def test_losses_and_matching(name):
    _, model, _ = build(name)
    head = model.bbox_head
    assert {
        name: getattr(head, name).loss_weight
        for name in LOSS_WEIGHTS
    } == LOSS_WEIGHTS
    assert {
        type(cost).__name__: cost.weight
        for cost in head.assigner.match_costs
    } == MATCH_WEIGHTS
    assert (head.loss_hoi.pos_weight, head.loss_hoi.neg_weight) == (.5, .5)
    assert head.loss_hoi.alpha == 2
    weights = head.loss_obj.class_weight
    assert len(weights) == head.obj_classifier.texts.num_classes
    assert set(weights[:-1]) == {1.0} and weights[-1] == 0.1
    is_gen_vlkt = name.startswith('gen_vlkt')
    assert {
        name: loss.loss_weight
        for name, loss in head.auxiliary_losses.items()
    } == (
        dict(mimic=20) if is_gen_vlkt else {})


@pytest.mark.parametrize('name, num_layers, others', [
    ('hoiclip/hoiclip_r50_hico.py', 3, []),
    ('gen_vlkt/gen_vlkt_s_r50_hico.py', 3, ['loss_mimic']),
    ('gen_vlkt/gen_vlkt_l_r101_hico.py', 6, ['loss_mimic']),
])
def test_every_layer_has_all_losses(name, num_layers, others):
    _, model, _ = build(name)
    with torch.no_grad():
        losses = model.loss(*make_batch(1))
    names = [
        'loss_hoi', 'loss_obj', 'loss_sub_bbox', 'loss_sub_iou',
        'loss_obj_bbox', 'loss_obj_iou', *others
    ]
    prefixes = ['', *(f'd{i}.' for i in range(num_layers - 1))]
    assert set(losses) == {f'{p}{name}' for p in prefixes for name in names}
