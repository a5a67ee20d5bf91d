# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
from mmengine.config import Config

from mmhoi.setup_env import register_all_modules
from mmhoi.utils.config_check import check_config
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.setup_error import SetupError

CONFIGS = Path(__file__).parents[2] / 'configs'
DEMO = CONFIGS / 'hoiclip' / 'hoiclip_mini_synhico_demo.py'


@pytest.fixture(autouse=True, scope='module')
def registered():
    register_all_modules(init_default_scope=False)


def test_all_configs_are_accepted():
    for path in CONFIGS.rglob('*.py'):
        check_config(load_config_file(path))


@pytest.mark.parametrize('key, nearest', [
    ('test_dataloader.nm_workers', 'num_workers'),
    ('default_hooks.checkpont.interval', 'checkpoint'),
    ('optim_wrapper.optimizer.lrr', 'lr'),
    ('optim_wrapper.clip_grad.max_nrm', 'max_norm'),
    ('optim_wrapper.paramwise_cfg.custom_key', 'custom_keys'),
    ('train_cfg.max_epoch', 'max_epochs'),
    ('randomness.sed', 'seed'),
    ('train_dataloader.dataset.fractoin', 'fraction'),
    ('train_dataloader.dataset.pipeline.0.on_eror', 'on_error'),
    ('model.bbox_head.label_spac', 'label_space'),
    ('val_evaluator.classwise_fil', 'classwise_file'),
    ('visualizer.fontt', 'font'),
    ('auto_scale_lr.enabel', 'enable'),
    ('env_cfg.cudnn_benchmrk', 'cudnn_benchmark'),
    ('param_scheduler.0.begn', 'begin'),
])
def test_keys_that_nothing_reads_are_refused(key, nearest):
    with pytest.raises(SetupError, match=f'did you mean `{nearest}`'):
        check_config(load_config_file(DEMO, {key: 1}))


@pytest.mark.parametrize('key, value', [
    ('train_dataloader.dataset.indices', 8),
    ('train_dataloader.dataset.metainfo.own', 1),
    ('default_hooks.own', dict(type='EMAHook', momentum=1e-3, priority=50)),
    ('default_hooks.logger', None),
    ('train_dataloader.drop_last', True),
    ('optim_wrapper.accumulative_counts', 2),
    ('model.backbone.norm_cfg', dict(type='BN', requires_grad=False)),
])
def test_keys_of_what_is_built_are_accepted(key, value):
    check_config(load_config_file(DEMO, {key: value}))


def test_a_misspelt_type_is_refused():
    with pytest.raises(SetupError, match='"QueryPairDetectr".*`QueryPairDet'):
        check_config(
            load_config_file(DEMO, {'model.type': 'QueryPairDetectr'}))


def test_old_keys_of_a_part_are_read():
    loader = dict(dataset=dict(type='CustomHOIDataset', classes_file='a.json'))
    check_config(Config(dict(test_dataloader=loader)))
