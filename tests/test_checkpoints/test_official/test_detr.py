# Copyright (c) mmhoi contributors.
import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from test_checkpoints.test_official.official_states import TABLES

from mmhoi.checkpoints import expected_shapes
from mmhoi.checkpoints.official.conversion import import_official
from mmhoi.checkpoints.official.detr import DETR, MMDetDETR, from_detr
from mmhoi.checkpoints.official.hoiclip import HOICLIP
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

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


OWN = load_label_space(
    dict(objects=['zebra', 'Cell_Phone', 'cart'], verbs=['hug']))


@pytest.mark.parametrize(
    'count, classes, rows',
    [
        # COCO's ids, and its 80 classes: person, zebra, cell phone.
        (91, None, [1, 24, 77]),
        (80, None, [0, 22, 67]),
        (4, ['cart', 'cell phone', 'zebra', 'person'], [3, 2, 1, 0]),
        # A chance number of unknown classes means nothing.
        (4, None, None),
        (80, [f'class {i}' for i in range(80)], None),
    ])
def test_rows_of_objects_go_by_names(count, classes, rows):
    state = {names[0]: torch.zeros(1) for names in DETR_NAMES}
    for part in 'weight', 'bias':
        state[f'class_embed.{part}'] = torch.arange(count + 1.)
    converted = from_detr(state, 3, label_space=OWN, classes=classes)
    found = converted.get('bbox_head.obj_classifier.bias')
    if rows is None:
        assert found is None
        return
    # Person, three objects, background; the mean where the name is unknown.
    assert found.tolist()[:len(rows)] == rows
    assert len(found) == 5 and found[-1] == count


def test_from_detr_with_queries():
    state = {names[1]: torch.ones(1) for names in DETR_NAMES}
    converted = from_detr(state, num_decoder_layers=3, keep_queries=True)
    assert converted['queries.sub.weight'] == 1
    assert converted['queries.obj.weight'] == 1
    assert converted['queries.pair.weight'] == 0


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
    converted = HOICLIP().rename(state, None)
    assert converted[
        'bbox_head.interaction_classifier.texts.weight'].shape == (600, 4)
    assert converted['bbox_head.interaction_classifier.texts.bias'].shape == (
        480, )
    assert len(converted) == 2


def detr_decoder(num_layers):
    state = {names[0]: torch.zeros(1) for names in DETR_NAMES}
    for i in range(num_layers):
        state[f'transformer.decoder.layers.{i}.linear1.bias'] = torch.full(
            (1, ), float(i))
    return state


def test_gen_vlkt_starts_both_decoders():
    converted = from_detr(detr_decoder(6), 6, num_interaction_layers=4)
    for decoder, num_layers in (('decoder', 6), ('interaction_decoder', 4)):
        layers = {
            name: value
            for name, value in converted.items()
            if name.startswith(f'{decoder}.') and 'ffn.layers.0.0.bias' in name
        }
        assert len(layers) == num_layers
        for i in range(num_layers):
            assert layers[f'{decoder}.layers.{i}.ffn.layers.0.0.bias'] == i
        assert f'{decoder}.post_norm.weight' in converted


def test_too_few_layers():
    with pytest.raises(ValueError, match='has 6 layers, but 7 are needed'):
        from_detr(detr_decoder(6), 3, num_interaction_layers=7)


def test_segmentation_is_refused():
    state = {**detr_decoder(6), 'mask_head.lay1.weight': torch.zeros(1)}
    with pytest.raises(KeyError, match='mask_head'):
        from_detr(state, 3)


@pytest.mark.parametrize('config, parts', [
    ('hoiclip/hoiclip_r50_hico.py', ['interaction_decoder']),
    ('gen_vlkt/gen_vlkt_s_r50_hico.py', []),
    ('gen_vlkt/gen_vlkt_l_r101_hico.py', []),
])
def test_full_size_detr(config, parts):
    """All that has a counterpart in DETR is filled, and nothing else is."""
    register_all_modules()
    model = Config.fromfile(CONFIGS / config).model
    detr = Config.fromfile(CONFIGS / 'detr/detr_mini_synhico.py').model
    for part in ('backbone', 'neck', 'positional_encoding', 'encoder'):
        detr[part] = model[part]
    detr.backbone = dict(model.backbone, init_cfg=None)
    detr.decoder = dict(model.decoder, num_layers=6)
    detr.num_queries = 100
    detr.bbox_head.embed_dims = 256
    with torch.device('meta'):
        state = MODELS.build(detr).state_dict()
    converted, _ = import_official(state, MMDetDETR(), model)
    missing = {
        name.split('.')[0]
        for name in expected_shapes(model) if name not in converted
    }
    assert missing == {'queries', 'bbox_head', 'clip_visual', *parts}
    converted, _ = import_official(state, MMDetDETR(keep_queries=True), model)
    # The first ones of DETR's 100.
    assert converted['queries.sub.weight'].shape == (64, 256)


@pytest.mark.parametrize(
    'config', ['qpic/qpic_r50_hico.py', 'hoiclip/hoiclip_r50_hico.py'])
def test_both_decoders_need_two_of_a_kind(config):
    with pytest.raises(ValueError, match='both decoders cannot start'):
        DETR(both_decoders=True).to_ours(
            detr_decoder(6),
            Config.fromfile(CONFIGS / config).model)


@pytest.mark.parametrize('config, family, num_layers', [
    ('hoiclip/hoiclip_r50_hico.py', DETR(), (3, 0)),
    ('gen_vlkt/gen_vlkt_s_r50_hico.py', DETR(), (3, 3)),
    ('cdn/cdn_s_r50_hico.py', DETR(), (3, 0)),
    ('cdn/cdn_s_r50_hico.py', DETR(both_decoders=True), (3, 3)),
])
def test_facebook_names_at_full_size(config, family, num_layers):
    register_all_modules()
    shapes = {
        'query_embed.weight': [100, 256],
        'class_embed.weight': [92, 256],
        'class_embed.bias': [92]
    }
    for name, shape, _ in TABLES['genvlkt_s_hico']:
        if name.startswith(('backbone.', 'input_proj.', 'transformer.encoder',
                            'transformer.instance', 'hum_bbox_embed')):
            name = name.replace('hum_bbox', 'bbox').replace('instance_', '')
            shapes[name] = shape
            # DETR has 6 decoder layers.
            shapes[re.sub(r'(transformer\.decoder\.layers\.)(\d)',
                          lambda m: f'{m[1]}{int(m[2]) + 3}', name)] = shape
    state = {
        name: torch.empty(shape, device='meta')
        for name, shape in shapes.items()
    }
    converted, _ = import_official(state, family,
                                   Config.fromfile(CONFIGS / config).model)
    found = tuple(
        len({
            name.split('.')[2]
            for name in converted if name.startswith(f'{part}.layers.')
        }) for part in ('decoder', 'interaction_decoder'))
    assert found == num_layers
