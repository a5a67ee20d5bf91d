# Copyright (c) mmhoi contributors.
"""What the losses of one of several processes are divided by."""
import pytest
import torch
from test_models.test_detectors.test_query_pairs import make_batch
from tiny_configs import read_config

from mmhoi.models.heads import box_losses, pair_head
from mmhoi.registry import MODELS


@pytest.fixture(scope='module')
def model():
    torch.manual_seed(0)
    cfg = read_config('hoiclip/hoiclip_mini_synhico.py')
    return MODELS.build(cfg.model).eval()


def ratios(model, monkeypatch, sync):
    """Losses if other processes have three times as many pairs, relative."""
    monkeypatch.setattr(model.bbox_head, 'sync_avg_factor', sync)
    batch = make_batch(2, 1)
    with torch.no_grad():
        alone = model.loss(*batch)
        for module in pair_head, box_losses:
            monkeypatch.setattr(module, 'reduce_mean', lambda count: 2 * count)
        among_others = model.loss(*batch)
    return {name: float(among_others[name] / alone[name]) for name in alone}


@pytest.mark.parametrize('sync, halved', [
    (False, ('loss_sub_bbox', 'loss_sub_iou')),
    (True, ('loss_sub_bbox', 'loss_sub_iou', 'loss_obj_bbox', 'loss_obj_iou',
            'loss_hoi', 'loss_obj')),
])
def test_counts_of_all_processes(model, monkeypatch, sync, halved):
    for name, ratio in ratios(model, monkeypatch, sync).items():
        expected = 0.5 if name.split('.')[-1] in halved else 1.0
        assert ratio == pytest.approx(expected, rel=1e-4), name


def test_official_counts_are_the_default(model):
    assert not model.bbox_head.sync_avg_factor
