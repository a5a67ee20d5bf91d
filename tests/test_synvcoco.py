# Copyright (c) mmhoi contributors.
"""V-COCO end to end: rendered, trained one step, evaluated."""
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import Runner

from mmhoi.setup_env import register_all_modules
from mmhoi.synthetic import write_synhico

CONFIG = (
    Path(__file__).parents[1] / 'configs' / 'hoiclip' /
    'mini/hoiclip_mini_synvcoco.py')


@pytest.fixture(scope='module')
def runner(tmp_path_factory):
    """The mini model on 12 training and 4 test images."""
    folder = tmp_path_factory.mktemp('synvcoco')
    write_synhico(folder / 'data', 12, 4, progress=False, vcoco=True)
    register_all_modules()
    cfg = Config.fromfile(CONFIG)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.dataset.data_root = str(folder / 'data')
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
    cfg.test_dataloader = cfg.val_dataloader
    cfg.work_dir = str(folder / 'work')
    cfg.train_cfg = dict(type='IterBasedTrainLoop', max_iters=1)
    cfg.param_scheduler = None
    cfg.log_processor.by_epoch = False
    cfg.default_hooks.checkpoint.update(by_epoch=False, interval=100)
    return Runner.from_cfg(cfg)


def test_pairs_without_object(runner):
    dataset = runner.train_dataloader.dataset
    pairs = [
        dataset[i]['data_samples'].gt_hoi_instances
        for i in range(len(dataset))
    ]
    is_empty = torch.cat([p.obj_labels for p in pairs]) == 80
    obj_bboxes = torch.cat([p.obj_bboxes for p in pairs])
    assert 0 < is_empty.sum() < len(is_empty)
    assert not obj_bboxes[is_empty].any()
    assert obj_bboxes[~is_empty].any(1).all()


def test_a_training_step_and_an_evaluation(runner):
    # Before training would do it, so that the step alone makes a difference.
    runner.load_or_resume()
    weight = runner.model.bbox_head.obj_reg.layers[-1].weight
    before = weight.clone()
    runner.train()
    assert not torch.equal(before, weight)
    assert weight.isfinite().all()
    metrics = runner.test()
    assert set(metrics) == {
        f'vcoco/{name}'
        for name in ('scenario_1', 'scenario_2', 'agent', 'mAP_all',
                     'mAP_thesis')
    }
    assert all(0 <= value <= 100 for value in metrics.values())
