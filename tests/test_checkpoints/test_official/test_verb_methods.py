# Copyright (c) mmhoi contributors.
"""QPIC, CDN, UPT, PViC: parameters at full size, and values in small."""
import pytest
import torch
from mmengine.config import Config
from test_checkpoints.test_official.official_states import ROOT, TABLES
from tiny_configs import read_config

from mmhoi.checkpoints import CheckpointMismatchError
from mmhoi.checkpoints.official.conversion import (describe, export_official,
                                                   import_official)
from mmhoi.checkpoints.official.identify import FAMILIES, find_family
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS

#: family, config, verbs
METHODS = {
    'qpic_r50_hico': ('qpic', 'qpic/qpic_r50_hico.py', 117),
    'qpic_r50_vcoco': ('qpic', 'qpic/qpic_r50_vcoco.py', 29),
    'cdn_s_r50_hico': ('cdn', 'cdn/cdn_s_r50_hico.py', 117),
    'cdn_s_r50_vcoco': ('cdn', 'cdn/cdn_s_r50_vcoco.py', 29),
    'upt_r50_hico': ('upt', 'upt/upt_r50_hico.py', 117),
    'upt_r50_vcoco': ('upt', 'upt/upt_r50_vcoco.py', 24),
    'pvic_r50_hico': ('pvic', 'pvic/pvic_r50_hico.py', 117),
    'pvic_r50_vcoco': ('pvic', 'pvic/pvic_r50_vcoco.py', 24),
}
MINI = {
    'qpic': 'qpic/qpic_mini_synhico.py',
    'cdn': 'cdn/cdn_mini_synhico.py',
    'upt': 'upt/upt_mini_synhico.py',
    'pvic': 'pvic/pvic_mini_synhico.py'
}


def state_of(name):
    return {
        key: torch.empty(shape, dtype=getattr(torch, dtype), device='meta')
        for key, shape, dtype in TABLES[name]
    }


def described(state):
    return [[name, list(value.shape),
             str(value.dtype)[len('torch.'):]]
            for name, value in state.items()]


@pytest.mark.parametrize('name', METHODS)
def test_import_and_export(name):
    """All names map onto all of our model's, and back in their order."""
    state = state_of(name)
    family = find_family(state)
    assert (family.name, family.default_config(state)) == METHODS[name][:2]
    model = read_config(METHODS[name][1]).model
    assert family.model_options(state) == {}
    ours, extras = import_official(state, family, model)
    assert described(export_official(ours, family, model,
                                     extras)) == TABLES[name]
    without = export_official(ours, family, model)
    assert sorted(described(without)) == sorted(TABLES[name])
    verbs = describe(ours, model)['dataset_meta']['verb_classes']
    assert len(verbs) == (29 if 'vcoco' in name else 117)


def small(family):
    """A small official state dict with random values."""
    cfg = read_config(MINI[family]).model
    state = MODELS.build(cfg).state_dict()
    official = export_official(state, FAMILIES[family], cfg)
    generator = torch.Generator().manual_seed(0)
    return cfg, {
        name: torch.randn(value.shape, generator=generator).to(value.dtype)
        for name, value in official.items()
    }


@pytest.mark.parametrize('family', MINI)
def test_values(family):
    """Bit by bit the same, also those that have no effect in our model."""
    cfg, official = small(family)
    ours, extras = import_official(official, FAMILIES[family], cfg)
    back = export_official(ours, FAMILIES[family], cfg, extras)
    assert list(back) == list(official)
    for name, value in official.items():
        assert back[name].equal(value), name


def test_what_cdn_adds():
    """A matching head needs an option, queues have no official name."""
    family = FAMILIES['cdn']
    cfg = read_config('cdn/cdn_s_r50_hico_reweight.py')
    official = dict(
        state_of('cdn_s_r50_hico'), **{
            'matching_embed.weight': torch.zeros(2, 256),
            'matching_embed.bias': torch.zeros(2)
        })
    with pytest.raises(CheckpointMismatchError, match='matching'):
        import_official(official, family, cfg.model)
    cfg.merge_from_dict(family.model_options(official))
    ours, extras = import_official(official, family, cfg.model)
    queue = {'bbox_head.verb_reweighting.num_pushed': torch.tensor(1)}
    back = export_official({**ours, **queue}, family, cfg.model, extras)
    assert list(back) == list(official)


def test_old_names_of_the_pyramid():
    """Those of PViC's checkpoints before torchvision 0.13."""
    cfg, official = small('pvic')
    old = {
        name.replace('blocks.0.0.', 'blocks.0.') if '.fpn.' in name else name:
        value
        for name, value in official.items()
    }
    assert list(old) != list(official)
    ours, extras = import_official(old, find_family(old), cfg)
    back = export_official(ours, FAMILIES['pvic'], cfg, extras)
    assert list(back) == list(official)
    assert all(back[name].equal(value) for name, value in official.items())


def test_what_cancels_in_the_attention_of_upt():
    """Trained on, our weights count, and what has no effect is kept."""
    cfg, official = small('upt')
    ours, extras = import_official(official, FAMILIES['upt'], cfg)
    trained = {name: value + 1 for name, value in ours.items()}
    back = export_official(trained, FAMILIES['upt'], cfg, extras)
    name = 'interaction_head.coop_layer.mod_enc.1.attn.3.'
    first, middle, last = (back[name + 'weight'] -
                           official[name + 'weight']).chunk(3, 1)
    assert (first - 1).abs().max() < 1e-6
    assert (last - 1).abs().max() < 1e-6
    assert not middle.any()
    assert back[name + 'bias'].equal(official[name + 'bias'])
    anew = export_official(trained, FAMILIES['upt'], cfg)
    assert not anew[name + 'bias'].any()
    assert not anew[name + 'weight'].chunk(3, 1)[1].any()


def test_classes_of_the_detector():
    """UPT's detector has COCO's categories in the order of their ids."""
    for name in ('hico_det', 'vcoco'):
        ids = list(load_label_space(name).category_ids)
        assert ids == sorted(ids) and len(ids) == 80
    verbs = read_config('upt/upt_r50_vcoco.py').model.interaction_head
    head = MODELS.build(dict(verbs, loss_hoi=dict(type='PriorFocalLoss')))
    names = [head.label_space.verbs[i] for i in head.classes.verb_ids]
    # The order of UPT's data set: that of V-COCO without verbs of no role.
    assert names[:4] == ['hold_obj', 'sit_instr', 'ride_instr', 'look_obj']
    assert names[-3:] == ['kick_obj', 'read_obj', 'snowboard_instr']


@pytest.mark.parametrize('name, config, error, words', [
    ('qpic_r50_hico', 'qpic/qpic_r50_vcoco.py', ValueError,
     'one of label space "hico_det", the config one of "vcoco"'),
    ('upt_r50_hico', 'upt/upt_r50_vcoco.py', CheckpointMismatchError,
     r'classifier.weight \(117, 1024\) instead of \(24, 1024\)'),
    ('pvic_r50_hico', 'upt/upt_r50_hico.py', ValueError,
     'interaction_head.type="UPTHead", but .*"pvic" has "PViCHead"'),
    ('pvic_r50_hico', 'pvic/pvic_r50_vcoco.py', CheckpointMismatchError,
     r'classifier.weight \(117, 384\) instead of \(24, 384\)'),
    ('qpic_r50_hico', 'upt/upt_r50_hico.py', ValueError,
     'a QPIC has .* the config has "None"'),
    ('upt_r50_hico', 'qpic/qpic_r50_hico.py', ValueError,
     'interaction_head.type="None", but .*"upt" has "UPTHead"'),
    ('qpic_r50_hico', 'hoiclip/hoiclip_r50_hico.py', ValueError,
     'the config has "TextVerbHOIClassifier"'),
    ('qpic_r50_hico', 'qpic/qpic_mini_synhico.py', CheckpointMismatchError,
     'do not fit the config'),
    ('cdn_s_r50_hico', 'cdn/cdn_s_r50_vcoco.py', ValueError,
     'one of label space "hico_det", the config one of "vcoco"'),
    ('cdn_s_r50_hico', 'qpic/qpic_r50_hico.py', ValueError,
     'a CDN has .* the config has "None"'),
    ('qpic_r50_hico', 'cdn/cdn_s_r50_hico.py', ValueError,
     'no interaction_decoder'),
])
def test_other_config(name, config, error, words):
    family = FAMILIES[METHODS[name][0]]
    with pytest.raises(error, match=words):
        import_official(state_of(name), family, read_config(config).model)


@pytest.mark.parametrize('family', MINI)
def test_parameters_that_are_not_known(family):
    cfg, official = small(family)
    for name in ('surprise.weight', 'transformer.surprise',
                 'detector.surprise', 'interaction_head.surprise'):
        with pytest.raises(KeyError, match='surprise'):
            import_official({
                **official, name: torch.zeros(1)
            }, FAMILIES[family], cfg)


@pytest.mark.parametrize('name, bias', [
    ('qpic_r50_hico', 'verb_class_embed.bias'),
    ('cdn_s_r50_hico', 'verb_class_embed.bias'),
    ('upt_r50_hico', 'interaction_head.box_pair_predictor.bias'),
    ('pvic_r50_hico', 'binary_classifier.bias'),
])
def test_unknown_number_of_verbs(name, bias):
    state = dict(state_of(name), **{bias: torch.zeros(5)})
    with pytest.raises(ValueError, match='has 5 verbs; known are 117'):
        find_family(state).default_config(state)


def test_configs_are_there():
    for _, config, _ in METHODS.values():
        assert Config.fromfile(ROOT / 'configs' / config).model
