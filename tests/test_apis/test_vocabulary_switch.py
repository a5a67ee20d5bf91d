# Copyright (c) mmhoi contributors.
from copy import deepcopy

import pytest
import torch
import torch.nn.functional as F
from tiny_configs import CLIP_DIMS, WIDTH, read_config, tiny_config
from torch import nn

from mmhoi.apis.vocabulary import parse_vocabulary
from mmhoi.apis.vocabulary_switch import (apply_vocabulary,
                                          restore_trained_classes)
from mmhoi.checkpoints import build_empty_model
from mmhoi.label_spaces import ANY_OBJECT, load_label_space
from mmhoi.models.heads.interactions import text_hois
from mmhoi.models.vision_language import encode_texts
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample

HOICLIP = 'hoiclip/hoiclip_mini_synhico.py'
GEN_VLKT = 'gen_vlkt/gen_vlkt_mini_synhico.py'
VCOCO = 'hoiclip/mini/hoiclip_mini_synvcoco.py'
# Config and what is changed in that of the head.
KINDS = {
    'hoiclip': (HOICLIP, {}),
    'hoiclip_bias': (HOICLIP, {
        'interaction_classifier.bias': True
    }),
    'hoiclip_zero_shot': (HOICLIP, {
        'zero_shot_split': 'uv'
    }),
    'vcoco': (VCOCO, {}),
    'vcoco_official': (VCOCO, {
        'interaction_classifier.verbs.official_vcoco_table':
        True
    }),
    'gen_vlkt': (GEN_VLKT, {}),
    'gen_vlkt_zero_shot': (GEN_VLKT, {
        'zero_shot_split': 'uv',
        'interaction_classifier.fixed_eval': True
    }),
}
MINI_CLIP = dict(model_name='mmhoi-mini', pretrained=None)
TEXTS = ['the man riding a horse', 'a person filming a horse']


class OnlyHead(nn.Module):
    """A detector that is nothing but its head."""

    def __init__(self, head):
        super().__init__()
        self.bbox_head = self.hoi_head = head
        self.dataset_meta = dict(classes=('person', ))


@pytest.fixture(scope='module', params=KINDS)
def model(request, tmp_path_factory):
    name, changes = KINDS[request.param]
    cfg = tiny_config(name, tmp_path_factory.mktemp('data'))
    cfg.merge_from_dict({
        f'model.bbox_head.{key}': value
        for key, value in changes.items()
    })
    head = dict(
        clip=cfg.model.clip,
        test_cfg=dict(training_free_enhancement=dict(topk=5)),
        **cfg.model.bbox_head)
    torch.manual_seed(0)
    head = MODELS.build(head).eval()
    # Nothing that is trained is as it was built.
    classifier = head.interaction_classifier
    for part in (classifier.texts, getattr(classifier, 'verbs', None)):
        for param in () if part is None else part.parameters():
            if param.requires_grad:
                param.data += 0.1 * torch.randn_like(param)
    return OnlyHead(head)


@torch.no_grad()
def run(model):
    """Raw outputs and predictions for random features."""
    generator = torch.Generator().manual_seed(1)
    head = model.bbox_head
    projects = hasattr(head.interaction_classifier, 'proj')
    widths = dict(
        sub_states=WIDTH,
        obj_states=WIDTH,
        interaction_features=WIDTH if projects else CLIP_DIMS)
    features = {
        name: torch.randn(1, 1, 16, dims, generator=generator)
        for name, dims in widths.items()
    }
    features['clip_feature'] = torch.randn(1, CLIP_DIMS, generator=generator)
    sample = HOIDataSample(
        metainfo=dict(ori_shape=(64, 64), img_shape=(64, 64)))
    return head(**features), head.predict([sample], **features)[0]


def snapshot(model):
    """All that a vocabulary may change."""
    classifier = model.bbox_head.interaction_classifier
    state = {k: v.clone() for k, v in model.state_dict().items()}
    tables = (classifier.num_hois, classifier.hoi_objects.clone(),
              classifier.hoi_verbs.clone())
    return state, tables, deepcopy(model.dataset_meta)


def assert_same(model, before):
    state, tables, meta = before
    assert list(model.state_dict()) == list(state)
    for name, value in model.state_dict().items():
        assert torch.equal(value, state[name]), name
    classifier = model.bbox_head.interaction_classifier
    assert classifier.num_hois == tables[0]
    assert torch.equal(classifier.hoi_objects, tables[1])
    assert torch.equal(classifier.hoi_verbs, tables[2])
    assert model.dataset_meta == meta


def test_own_prompts_change_nothing(model):
    """In another order, so that the rows are really other ones."""
    space = model.bbox_head.label_space
    before = snapshot(model)
    out, pred = run(model)
    order = torch.randperm(
        len(space.hois), generator=torch.Generator().manual_seed(2))
    apply_vocabulary(
        model, parse_vocabulary([space.hoi_prompts[i] for i in order], space))
    new_out, new_pred = run(model)
    assert model.bbox_head.num_hois == len(space.hois)
    for name, value in out.items():
        if name in ('interaction_logits', 'clip_logits'):
            value = value[..., order]
        torch.testing.assert_close(new_out[name], value, rtol=0, atol=1e-5)
    assert torch.equal(order[new_pred.labels], pred.labels)
    for name in ('scores', 'obj_scores', 'obj_labels', 'sub_bboxes',
                 'query_inds'):
        torch.testing.assert_close(
            new_pred[name], pred[name], atol=1e-6, rtol=0)
    names = model.dataset_meta['verb_classes']
    assert [names[i] for i in new_pred.verb_labels
            ] == [space.verbs[i] for i in pred.verb_labels]
    restore_trained_classes(model)
    assert_same(model, before)


def test_restoring(model):
    space = model.bbox_head.label_space
    before = snapshot(model)
    outputs = run(model)
    restore_trained_classes(model)
    assert_same(model, before)
    for texts in (TEXTS, ['a person juggling', *TEXTS]):
        vocabulary = parse_vocabulary(texts, space)
        apply_vocabulary(model, vocabulary)
        assert model.dataset_meta == vocabulary.metainfo
        assert run(model)[0]['interaction_logits'].shape[-1] == len(texts)
        assert run(model)[0]['clip_logits'].shape[-1] == len(texts)
    restore_trained_classes(model)
    assert_same(model, before)
    assert torch.equal(run(model)[1].scores, outputs[1].scores)


def test_rows(model):
    """The rows of texts that are no prompts."""
    head = model.bbox_head
    space = head.label_space
    classifier = head.interaction_classifier
    trained = getattr(classifier, 'verbs', None)
    scale = classifier.texts.scale.item()
    biases = [
        value.mean().item()
        for name, value in classifier.texts.named_parameters() if
        name == 'bias' and classifier.train_ids is None or name == 'eval_bias'
    ]
    texts = [*TEXTS, 'a person filming a cow']
    vocabulary = parse_vocabulary(texts, space)
    apply_vocabulary(model, vocabulary)
    try:
        rows = encode_texts(
            texts=[f'a photo of {text}' for text in texts], **MINI_CLIP)
        torch.testing.assert_close(
            head.interaction_classifier.texts.weight.detach(), rows)
        feats = torch.randn(4, CLIP_DIMS)
        expected = scale * (F.normalize(feats, dim=1) @ rows.T + sum(biases))
        torch.testing.assert_close(
            head.interaction_classifier.texts(feats).detach(), expected)
        if trained is not None:
            of_hois = trained.verb_to_hoi.T @ trained.weight
            verbs = head.interaction_classifier.verbs.weight
            torch.testing.assert_close(verbs[0],
                                       of_hois[vocabulary.verb_hois[0]])
            # The two texts of a verb that the model does not know.
            mean = F.normalize(rows[1] + rows[2], dim=0)
            torch.testing.assert_close(verbs[1:], mean.expand(2, -1))
    finally:
        restore_trained_classes(model)


def test_any_object(model):
    space = model.bbox_head.label_space
    apply_vocabulary(model, parse_vocabulary(['a person juggling'], space))
    try:
        classifier = model.bbox_head.interaction_classifier
        assert classifier.hoi_objects.tolist() == [ANY_OBJECT]
        out, pred = run(model)
        best = out['obj_logits'][-1, 0, :, :-1].sigmoid().max(-1)
        assert torch.equal(pred.obj_labels, best.indices[pred.query_inds])
        assert torch.equal(pred.obj_scores, best.values[pred.query_inds])
    finally:
        restore_trained_classes(model)


def test_a_failure_changes_nothing(model, monkeypatch):
    before = snapshot(model)
    space = model.bbox_head.label_space

    def fail(**kwargs):
        raise ValueError('no weights')

    monkeypatch.setattr(text_hois, 'encode_texts', fail)
    with pytest.raises(ValueError, match='no weights'):
        apply_vocabulary(model, parse_vocabulary(TEXTS, space))
    assert_same(model, before)
    # Prompts of the label space need no encoding.
    apply_vocabulary(model, parse_vocabulary(space.hoi_prompts[:2], space))
    restore_trained_classes(model)
    assert_same(model, before)


@pytest.mark.parametrize('name, words', [
    ('qpic/qpic_mini_synhico.py', 'LinearVerbClassifier.*HOICLIP'),
    ('upt/upt_mini_synhico.py', 'UPTHead.*HOICLIP'),
])
def test_methods_without_texts(name, words):
    cfg = read_config(name).model
    model = build_empty_model(cfg, 'cpu')
    space = load_label_space('hico_det')
    restore_trained_classes(model)
    with pytest.raises(ValueError, match=words):
        apply_vocabulary(model, parse_vocabulary(TEXTS, space))
