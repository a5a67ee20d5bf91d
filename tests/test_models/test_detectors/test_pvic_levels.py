# Copyright (c) mmhoi contributors.
import torch
from tiny_configs import read_config

from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample


@torch.no_grad()
def test_finer_maps_of_the_detector():
    """The head sees more maps than the detector's transformer."""
    cfg = read_config('pvic/pvic_mini_synhico.py').model
    cfg.detector.pop('init_cfg')
    cfg.detector.backbone.out_indices = (1, 2)
    cfg.interaction_head.in_channels = [48, 96]
    model = MODELS.build(cfg).eval()
    sample = HOIDataSample(
        metainfo=dict(
            img_shape=(96, 128),
            ori_shape=(96, 128),
            batch_input_shape=(96, 128)))
    inputs = dict(img=torch.randn(1, 3, 96, 128))
    maps = model.pair_inputs(inputs, [sample]).feature_maps
    assert [tuple(level.shape[1:]) for level in maps] == [(48, 12, 16),
                                                          (96, 6, 8)]
    assert isinstance(model.predict(inputs, [sample]), list)
