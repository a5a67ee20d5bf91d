# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmhoi.models.official import from_detr, from_official_hoiclip
from mmhoi.registry import MODELS
from mmhoi.utils import register_all_modules

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'

# facebookresearch's name, mmdet's name, ours
DETR_NAMES = [
    ('backbone.0.body.conv1.weight', 'backbone.conv1.weight',
     ['backbone.conv1.weight']),
    ('input_proj.bias', 'neck.convs.0.conv.bias', ['neck.convs.0.conv.bias']),
    ('transformer.encoder.layers.0.self_attn.in_proj_weight',
     'encoder.layers.0.self_attn.attn.in_proj_weight',
     ['encoder.layers.0.self_attn.attn.in_proj_weight']),
    ('transformer.encoder.layers.0.norm2.bias',
     'encoder.layers.0.norms.1.bias', ['encoder.layers.0.norms.1.bias']),
    ('transformer.decoder.layers.2.multihead_attn.out_proj.bias',
     'decoder.layers.2.cross_attn.attn.out_proj.bias',
     ['decoder.layers.2.cross_attn.attn.out_proj.bias']),
    ('transformer.decoder.layers.1.linear1.weight',
     'decoder.layers.1.ffn.layers.0.0.weight',
     ['decoder.layers.1.ffn.layers.0.0.weight']),
    ('transformer.decoder.layers.3.linear2.weight',
     'decoder.layers.3.ffn.layers.1.weight', []),
    ('transformer.decoder.norm.weight', 'decoder.post_norm.weight',
     ['decoder.post_norm.weight']),
    ('bbox_embed.layers.0.weight', 'bbox_head.reg_ffn.layers.0.0.weight', [
        'bbox_head.sub_reg.layers.0.weight',
        'bbox_head.obj_reg.layers.0.weight'
    ]),
    ('bbox_embed.layers.2.bias', 'bbox_head.fc_reg.bias',
     ['bbox_head.sub_reg.layers.2.bias', 'bbox_head.obj_reg.layers.2.bias']),
    ('class_embed.bias', 'bbox_head.fc_cls.bias', []),
    ('query_embed.weight', 'query_embedding.weight', []),
]


@pytest.mark.parametrize('source', [0, 1], ids=['facebook', 'mmdet'])
def test_from_detr(source):
    state = {names[source]: torch.zeros(1) for names in DETR_NAMES}
    converted = from_detr(state, num_decoder_layers=3)
    assert sorted(converted) == sorted(
        sum((names[2] for names in DETR_NAMES), []))


def test_from_detr_with_queries():
    state = {names[1]: torch.ones(1) for names in DETR_NAMES}
    converted = from_detr(state, num_decoder_layers=3, keep_queries=True)
    assert converted['sub_query_embedding.weight'] == 1
    assert converted['obj_query_embedding.weight'] == 1
    assert converted['pair_embedding.weight'] == 0


def test_mini_detector_fills_the_mini_hoiclip():
    """Whatever the detector has in common with HOICLIP is taken over."""
    register_all_modules()
    detr = MODELS.build(
        Config.fromfile(CONFIGS / 'detr/detr_mini_synhico.py').model)
    hoiclip = MODELS.build(
        Config.fromfile(CONFIGS / 'hoiclip/hoiclip_mini_synhico.py').model)
    converted = from_detr(detr.state_dict(), 3, keep_queries=True)
    mismatch = hoiclip.load_state_dict(converted, strict=False)
    assert not mismatch.unexpected_keys
    assert {name.split('.')[0]
            for name in mismatch.missing_keys
            } == {'bbox_head', 'clip_visual', 'interaction_decoder'}


def test_not_a_detr():
    with pytest.raises(KeyError, match='those of a DETR checkpoint'):
        from_detr({'fc.weight': torch.zeros(1)}, 3)


def test_zero_shot_checkpoint():
    state = {
        'visual_projection.weight': torch.zeros(480, 4),
        'visual_projection.bias': torch.zeros(480),
        'eval_visual_projection.weight': torch.ones(600, 4)
    }
    converted = from_official_hoiclip(state)
    assert converted['bbox_head.hoi_classifier.weight'].shape == (600, 4)
    assert converted['bbox_head.hoi_classifier.bias'].shape == (480, )
    assert len(converted) == 2
