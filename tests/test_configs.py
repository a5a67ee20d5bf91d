# Copyright (c) mmhoi contributors.
"""Every config can be read, and what it names can be built."""
import pytest
from mmengine.dataset import Compose
from tiny_configs import (CONFIGS, read_config, use_mini_clip,
                          use_mini_clip_for_words)

from mmhoi.label_spaces import seen_hois, zero_shot_split_names
from mmhoi.registry import METRICS, MODELS


@pytest.mark.parametrize('name', CONFIGS)
def test_builds(name):
    cfg = read_config(name)
    if cfg.model.get('clip'):
        use_mini_clip(cfg.model)
    if cfg.model.get('interaction_head'):
        use_mini_clip_for_words(cfg.model.interaction_head)
    model = MODELS.build(cfg.model)
    sizes = [(p.requires_grad, p.numel()) for p in model.parameters()]
    assert sum(size for _, size in sizes) > 1e6
    # Some heads on a frozen detector are small.
    assert sum(size for trained, size in sizes if trained) > 1e5
    assert METRICS.build(cfg.val_evaluator) is not None
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        for part in loader.dataset.get('datasets', [loader.dataset]):
            Compose(part.pipeline)


@pytest.mark.parametrize('flavour', ['', '_strict'])
@pytest.mark.parametrize(
    'split',
    # Those of other methods' papers.
    sorted({*zero_shot_split_names()} - {'ua', 'fcl'}))
def test_zero_shot(split, flavour):
    name = f'hoiclip_r50_hico_{split.replace("_", "-")}{flavour}'
    cfg = read_config(f'hoiclip/zero_shot/{name}.py')
    assert bool(
        cfg.model.bbox_head.interaction_classifier.verbs.get(
            'strict')) == bool(flavour)
    head = MODELS.build(use_mini_clip(cfg.model)).bbox_head
    assert head.interaction_classifier.train_ids.tolist() == seen_hois(
        split, 600).tolist()
    assert cfg.train_dataloader.dataset.zero_shot_split == split
    assert cfg.val_dataloader.dataset.get('zero_shot_split') is None
    assert cfg.val_evaluator.zero_shot_split == split
    assert cfg.test_evaluator.zero_shot_split == split


@pytest.mark.parametrize('percent', [5, 15, 25, 50])
def test_low_data(percent):
    cfg = read_config(f'hoiclip/low_data/hoiclip_r50_hico_frac{percent:02}.py')
    assert cfg.train_dataloader.dataset.fraction == percent / 100


def test_official_recipe():
    cfg = read_config('hoiclip/hoiclip_r50_hico.py')
    optimizer = cfg.optim_wrapper
    assert optimizer.optimizer == dict(
        type='AdamW', lr=1e-4, weight_decay=1e-4, fused=True)
    assert optimizer.paramwise_cfg.custom_keys.backbone.lr_mult == 0.1
    assert optimizer.clip_grad.max_norm == 0.1
    assert cfg.train_cfg.max_epochs == 90
    assert cfg.param_scheduler[0].milestones == [60]
    assert cfg.train_dataloader.batch_size == 8
    assert cfg.auto_scale_lr.base_batch_size == 16
    assert cfg.model.num_queries == 64
    assert cfg.model.encoder.num_layers == 6
    assert cfg.model.decoder.num_layers == 3
    assert cfg.model.interaction_decoder.num_layers == 3
