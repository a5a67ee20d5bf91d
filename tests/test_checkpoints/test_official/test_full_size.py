# Copyright (c) mmhoi contributors.
"""Every parameter of the official models at full size."""
import pytest
import torch
from test_checkpoints.test_official.official_states import (MODELS, TABLES,
                                                            full_size_config,
                                                            full_size_state)

from mmhoi.checkpoints.official.conversion import (export_official,
                                                   import_official)
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.without_weights import without_weights
from mmhoi.label_spaces import load_label_space
from mmhoi.models.vision_language.open_clip_loader import load_open_clip
from mmhoi.registry import MODELS as REGISTRY

HEAD = 'model.bbox_head.'
BIASES = {
    f'{HEAD}interaction_classifier.bias': True,
    f'{HEAD}obj_classifier.bias': True
}


def described(state):
    return [(name, list(value.shape), str(value.dtype)[len('torch.'):])
            for name, value in state.items()]


@pytest.mark.parametrize('name', MODELS)
def test_import_and_export(name):
    """All names map onto all of our model's, and back in their order."""
    family, config = FAMILIES[MODELS[name][0]], MODELS[name][1]
    state = full_size_state(name)
    assert family.default_config(state) == config
    cfg = full_size_config(name)
    cfg.merge_from_dict(family.model_options(state))
    ours, extras = import_official(state, family, cfg.model)
    assert {value.dtype for value in ours.values()} == {torch.float32}
    back = export_official(ours, family, cfg.model, extras)
    assert described(back) == [tuple(row) for row in TABLES[name]]


@pytest.mark.parametrize('name', MODELS)
def test_export_without_extras(name, monkeypatch):
    """What the official model needs beside ours is made with its shapes."""
    with torch.device('meta'), without_weights():
        clip = load_open_clip('ViT-B-32-quickgelu')
    monkeypatch.setitem(REGISTRY.module_dict, 'load_open_clip',
                        lambda **kwargs: clip)
    family = FAMILIES[MODELS[name][0]]
    state = full_size_state(name)
    cfg = full_size_config(name)
    cfg.merge_from_dict(family.model_options(state))
    ours, _ = import_official(state, family, cfg.model)
    cfg.merge_from_dict({key: False for key in BIASES})
    ours = {
        key: value
        for key, value in ours.items() if not key.endswith('texts.bias')
    }
    back = export_official(ours, family, cfg.model)
    assert {
        row[0]: row[1]
        for row in described(back)
    } == {
        row[0]: row[1]
        for row in TABLES[name]
    }
    for part in ('verb2hoi_proj', 'visual_projection.weight'):
        if part in state:
            assert torch.equal(back[part], state[part])


@pytest.mark.parametrize('name, more', [
    ('hico_default', {}),
    ('hico_rf_uc', {}),
    ('vcoco', {
        f'{HEAD}interaction_classifier.verbs.official_vcoco_table': True
    }),
    ('genvlkt_s_hico', {}),
    ('genvlkt_s_rf_uc', {
        f'{HEAD}interaction_classifier.fixed_eval': True
    }),
])
def test_options(name, more):
    options = FAMILIES[MODELS[name][0]].model_options(full_size_state(name))
    assert options == {**BIASES, **more}


def test_right_table_of_vcoco_needs_no_option():
    state = full_size_state('vcoco')
    table = load_label_space('vcoco').verb_to_hoi()
    state['verb2hoi_proj'] = torch.from_numpy(table)
    assert FAMILIES['hoiclip'].model_options(state) == BIASES


def test_other_table_than_the_config():
    state = full_size_state('vcoco')
    cfg = full_size_config('vcoco')
    cfg.merge_from_dict(BIASES)
    with pytest.raises(ValueError, match='official_vcoco_table=False'):
        import_official(state, FAMILIES['hoiclip'], cfg.model)


def test_trained_classifier_of_seen_classes():
    """Training and evaluation then have different text embeddings."""
    state = full_size_state('hico_rf_uc')
    state[
        'visual_projection.weight'] = 1.01 * state['visual_projection.weight']
    options = FAMILIES['hoiclip'].model_options(state)
    assert options[f'{HEAD}interaction_classifier.fixed_eval']
    cfg = full_size_config('hico_rf_uc')
    cfg.merge_from_dict(options)
    ours, extras = import_official(state, FAMILIES['hoiclip'], cfg.model)
    back = export_official(ours, FAMILIES['hoiclip'], cfg.model, extras)
    for part in ('visual_projection.weight', 'eval_visual_projection.weight'):
        assert torch.equal(back[part], state[part])


def wrong_clip(state, cfg):
    cfg.model.clip.model_name = 'ViT-B-16-quickgelu'


def wrong_classes(state, cfg):
    cfg.model.bbox_head.label_space = 'vcoco'


def wrong_split(state, cfg):
    cfg.model.bbox_head.zero_shot_split = 'rf_uc'


def wrong_queries(state, cfg):
    cfg.model.num_queries = 100


def wrong_method(state, cfg):
    cfg.model = full_size_config('genvlkt_s_hico').model


def no_verb_branch(state, cfg):
    del cfg.model.bbox_head.interaction_classifier['verbs']


def unknown_name(state, cfg):
    state['transformer.surprise.weight'] = torch.zeros(1)


def missing_name(state, cfg):
    del state['transformer.queries2spacial_proj.weight']


def no_table(state, cfg):
    del state['verb2hoi_proj']


def unknown_class_count(state, cfg):
    state['visual_projection.weight'] = torch.zeros(601, 512)


@pytest.mark.parametrize('change, error, words', [
    (wrong_clip, ValueError, 'patches of 32 pixels, width 768, 12 layers, but '
     '"ViT-B-16-quickgelu" of the config has patches of 16'),
    (wrong_classes, ValueError, 'one of label space "hico_det" .* "vcoco"'),
    (wrong_split, ValueError, 'split "None", the config .* with "rf_uc"'),
    (wrong_queries, ValueError, r'queries.sub.weight \(64, 256\) '
     r'instead of \(100, 256\)'),
    (wrong_method, ValueError,
     'interaction_decoder.type="InteractionDecoder"'),
    (no_verb_branch, ValueError, 'without verb branch'),
    (unknown_name, KeyError, 'surprise'),
    (missing_name, ValueError,
     'missing in the checkpoint: interaction_decoder.query_proj.0.weight'),
    (no_table, ValueError, 'no verb2hoi_proj, the table from verbs'),
    (unknown_class_count, ValueError, '601 hois; known are 600'),
])
def test_what_does_not_fit_is_refused(change, error, words):
    state, cfg = full_size_state('hico_default'), full_size_config(
        'hico_default')
    cfg.merge_from_dict(BIASES)
    change(state, cfg)
    with pytest.raises(error, match=words):
        import_official(state, FAMILIES['hoiclip'], cfg.model)
