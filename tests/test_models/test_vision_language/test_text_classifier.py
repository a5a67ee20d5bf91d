# Copyright (c) mmhoi contributors.
import math

import pytest
import torch
import torch.nn.functional as F

from mmhoi.models.vision_language import TextEmbeddingClassifier, encode_texts
from mmhoi.registry import MODELS

E, H = 8, 5


@pytest.fixture
def embeddings():
    return torch.randn(H, E, generator=torch.Generator().manual_seed(0)) * 3


@pytest.mark.parametrize('bias', [False, True])
@pytest.mark.parametrize('train_ids', [None, [3, 0, 1]])
@pytest.mark.parametrize('seen_only', [False, True])
def test_logits(bias, train_ids, seen_only, embeddings):
    classifier = TextEmbeddingClassifier(
        embeddings=embeddings, bias=bias, train_ids=train_ids)
    feats = torch.randn(2, 3, E)
    weight = embeddings / embeddings.norm(dim=1, keepdim=True)
    linear = feats / feats.norm(dim=-1, keepdim=True) @ weight.T
    zero_shot = train_ids is not None
    if zero_shot and seen_only:
        linear = linear[..., train_ids]
    if bias and (seen_only or not zero_shot):
        linear = linear + classifier.bias
    torch.testing.assert_close(classifier(feats, seen_only), linear / 0.07)


def test_fixed_eval(embeddings):
    classifier = TextEmbeddingClassifier(
        embeddings=embeddings,
        bias=True,
        train_ids=[3, 0],
        frozen=False,
        fixed_eval=True)
    feats = torch.randn(2, E)
    before = classifier(feats)
    weight = F.normalize(embeddings, dim=1)
    torch.testing.assert_close(before,
                               F.normalize(feats, dim=1) @ weight.T / 0.07)
    (classifier(feats).sum() + classifier(feats, True).sum()).backward()
    assert classifier.eval_weight.grad is None
    assert classifier.weight.grad[[3, 0]].any(1).all()
    assert not classifier.weight.grad[[1, 2, 4]].any()
    with torch.no_grad():
        classifier.weight.add_(1)
        assert torch.equal(classifier(feats), before)
        classifier.eval_bias.add_(1)
        torch.testing.assert_close(classifier(feats), before + 1 / 0.07)


def test_fixed_eval_needs_two_class_sets(embeddings):
    with pytest.raises(ValueError, match='zero_shot_split'):
        TextEmbeddingClassifier(embeddings=embeddings, fixed_eval=True)


def test_initial_values(embeddings):
    classifier = TextEmbeddingClassifier(
        embeddings=embeddings, bias=True, train_ids=[1, 2])
    assert classifier.logit_scale.item() == pytest.approx(math.log(1 / 0.07))
    assert classifier.scale.item() == pytest.approx(1 / 0.07)
    torch.testing.assert_close(classifier.weight.data,
                               F.normalize(embeddings, dim=1))
    assert classifier.bias.shape == (2, )
    assert 0 < classifier.bias.abs().max() <= 1 / math.sqrt(E)
    sizes = (classifier.num_classes, classifier.num_train_classes,
             classifier.embed_dims)
    assert sizes == (H, 2, E)


@pytest.mark.parametrize('frozen', [False, True])
def test_what_is_trained(frozen, embeddings):
    classifier = TextEmbeddingClassifier(
        embeddings=embeddings, bias=True, frozen=frozen)
    classifier(torch.randn(2, E)).sum().backward()
    trained = {
        k
        for k, p in classifier.named_parameters() if p.grad is not None
    }
    assert trained == ({'logit_scale'}
                       if frozen else {'logit_scale', 'weight', 'bias'})


def test_class_sets_are_not_part_of_the_state(embeddings):
    classifier = TextEmbeddingClassifier(embeddings=embeddings, train_ids=[0])
    assert set(classifier.state_dict()) == {'weight', 'logit_scale'}


def test_built_from_texts(tiny_clip):
    clip = dict(model_name=tiny_clip, pretrained='random')
    texts = ['a photo of a dog', 'a photo of a cat']
    classifier = MODELS.build(
        dict(type='TextEmbeddingClassifier', texts=texts, clip=clip))
    torch.testing.assert_close(classifier.weight.data,
                               encode_texts(texts=texts, **clip))


def test_nothing_to_build_from():
    with pytest.raises(ValueError, match='`texts`'):
        TextEmbeddingClassifier(texts=['a'])


@pytest.mark.parametrize('train_ids', [[], [0, 0], [-1], [H]])
def test_bad_train_ids(train_ids, embeddings):
    with pytest.raises(ValueError, match='`train_ids`'):
        TextEmbeddingClassifier(embeddings=embeddings, train_ids=train_ids)
