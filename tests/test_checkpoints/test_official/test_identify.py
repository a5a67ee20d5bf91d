# Copyright (c) mmhoi contributors.
import pytest
import torch
from test_checkpoints.test_official.official_states import fill_classes

from mmhoi.checkpoints.official.identify import FAMILIES, check_family
from mmhoi.checkpoints.official.text_pairs import (find_split,
                                                   has_official_vcoco_table)
from mmhoi.label_spaces import zero_shot_split_names

NAMES = {
    'hoiclip': 'transformer.clip_interaction_decoder.layers.0.norm1.bias',
    'gen_vlkt': 'transformer.interaction_decoder.layers.0.norm1.bias',
    'detr': 'transformer.decoder.layers.0.norm1.bias',
    'qpic': 'verb_class_embed.bias',
    'upt': 'interaction_head.box_pair_predictor.bias',
    'mmdet_detr': 'bbox_head.reg_ffn.layers.0.0.bias',
    'mmhoi': 'queries.sub.weight'
}


@pytest.mark.parametrize('found', NAMES)
@pytest.mark.parametrize('wanted', NAMES)
def test_family(found, wanted):
    state = {NAMES[found]: torch.zeros(1)}
    if found == wanted:
        check_family(state, FAMILIES.get(wanted))
        return
    with pytest.raises(
            ValueError, match=f'family "{found}", not of "{wanted}"'):
        check_family(state, FAMILIES.get(wanted))


def test_hoiclip_has_what_gen_vlkt_has():
    state = {NAMES[name]: torch.zeros(1) for name in ('gen_vlkt', 'hoiclip')}
    check_family(state, FAMILIES['hoiclip'])


def test_cdn_has_what_gen_vlkt_and_qpic_have():
    state = {NAMES[name]: torch.zeros(1) for name in ('gen_vlkt', 'qpic')}
    check_family(state, FAMILIES['cdn'])


def test_no_family():
    with pytest.raises(ValueError, match='no checkpoint of the family'):
        check_family({'fc.weight': torch.zeros(1)}, FAMILIES['hoiclip'])


@pytest.mark.parametrize('with_table', [True, False])
@pytest.mark.parametrize('split', zero_shot_split_names())
def test_split(split, with_table):
    """Told from the table of HOICLIP or from the texts of GEN-VLKT."""
    state = {}
    if with_table:
        state['verb2hoi_proj'] = torch.zeros(1)
    fill_classes(state, 'hico_det', split)
    # Training has moved the texts a little.
    state['visual_projection.weight'] += 0.01
    if with_table:
        assert not has_official_vcoco_table(state, 'hico_det', split)
    assert find_split(state) == split
    family = FAMILIES['hoiclip' if with_table else 'gen_vlkt']
    assert split.replace('_', '-') in family.default_config(state)


def test_split_of_unknown_size():
    state = {
        'visual_projection.weight': torch.zeros(479, 4),
        'eval_visual_projection.weight': torch.zeros(600, 4)
    }
    with pytest.raises(ValueError, match='479 seen HOI classes of 600.*none'):
        find_split(state)


def test_split_that_cannot_be_told():
    state = {
        'visual_projection.weight': torch.zeros(480, 4),
        'eval_visual_projection.weight': torch.zeros(600, 4)
    }
    with pytest.raises(ValueError, match='fits fcl, nf_uc, rf_uc, uc0'):
        find_split(state)


def test_other_order_of_classes():
    state = {'verb2hoi_proj': torch.zeros(1)}
    fill_classes(state, 'hico_det', None)
    state['verb2hoi_proj'] = state['verb2hoi_proj'].flip(1)
    with pytest.raises(ValueError, match='not the table of the label space'):
        has_official_vcoco_table(state, 'hico_det')


def test_large_gen_vlkt():
    state = {'backbone.0.body.layer3.22.conv1.weight': torch.zeros(1)}
    fill_classes(state, 'vcoco', None)
    assert FAMILIES['gen_vlkt'].default_config(state) == \
        'gen_vlkt/gen_vlkt_l_r101_vcoco.py'


@pytest.mark.parametrize('state, words', [
    ({}, 'no visual_projection.weight'),
    ({
        'visual_projection.weight': torch.zeros(600)
    }, r'2 dimensions, but has shape \(600,\)'),
    ({
        'eval_visual_projection.weight': torch.zeros(600, 4)
    }, 'no visual_projection.weight'),
    ({
        'visual_projection.weight': torch.zeros(600, 4)
    }, 'no verb2hoi_proj'),
])
def test_incomplete(state, words):
    with pytest.raises(ValueError, match=words):
        FAMILIES['hoiclip'].model_options(state)
