# Copyright (c) mmhoi contributors.
"""What a head may ask of a part that classifies interactions."""
import pytest
import torch

from mmhoi.apis.vocabulary import parse_vocabulary
from mmhoi.models.heads import (InteractionClassifier, LinearVerbClassifier,
                                ProjectedTextHOIClassifier, TextHOIClassifier,
                                TextVerbHOIClassifier)
from mmhoi.models.heads.class_set import load_class_set
from mmhoi.models.heads.objects import (LinearObjectClassifier,
                                        TextObjectClassifier)

WIDTH, EMBED = 8, 128
CLIP = dict(model_name='mmhoi-mini', pretrained=None)
#: Class, its own options, width of the features, number of classes.
PARTS = {
    'linear': (LinearVerbClassifier, {}, WIDTH, 117),
    'texts': (TextHOIClassifier, {}, EMBED, 600),
    'projected': (ProjectedTextHOIClassifier, dict(bias=True), WIDTH, 600),
    'verbs':
    (TextVerbHOIClassifier, dict(verbs=dict(hidden_dims=4)), EMBED, 600)
}
OBJECT_PARTS = (LinearObjectClassifier, TextObjectClassifier)


def make(name, split=None):
    cls, options, width, _ = PARTS[name]
    torch.manual_seed(0)
    return cls(width, load_class_set('hico_det', split), clip=CLIP, **options)


@pytest.fixture(scope='module', params=PARTS)
def name(request):
    return request.param


def test_logits_targets_and_tables(name):
    part = make(name)
    _, _, width, count = PARTS[name]
    features = torch.rand(2, 3, width)
    assert part(part.embed(features)).shape == (2, 3, count)
    assert part.num_classes == count and part.num_hois == 600
    assert part.train_ids is None
    labels = torch.rand(2, count)
    assert part.targets(labels) is labels
    assert not [key for key in part.state_dict() if key.startswith('hoi_')]


@pytest.mark.parametrize('split', ['uv', 'rf_uc'])
def test_training_sees_its_classes_only(name, split):
    part = make(name, split)
    _, _, width, count = PARTS[name]
    features = part.embed(torch.rand(3, width))
    ids = part.train_ids
    if name == 'linear':
        # Verbs are shared by seen and unseen HOIs.
        assert ids is None
        ids = torch.arange(count)
    seen = part(features, seen_only=True)
    every = part(features)
    assert seen.shape == (3, len(ids)) and every.shape == (3, count)
    if name != 'projected':
        # There the bias counts in training only.
        torch.testing.assert_close(seen, every[:, ids])
    labels = torch.rand(2, count)
    assert torch.equal(part.targets(labels), labels[:, ids])


def test_rows_of_classes_exist(name):
    part = make(name)
    own = dict(
        verbs=part.hoi_verbs.max() + 1,
        hois=part.num_hois,
        train_hois=part.num_hois,
        objects=81)
    state = part.state_dict()
    for row, kind in part.CLASS_ROWS.items():
        if row in state:
            assert len(state[row]) == own[kind], row
    assert set(part.CLASS_ROWS) & set(state)


@pytest.mark.parametrize('cls', OBJECT_PARTS)
def test_object_classifiers(cls):
    part = cls(WIDTH, load_class_set('hico_det'), clip=CLIP)
    assert part(torch.rand(2, 3, WIDTH)).shape == (2, 3, 81)
    state = part.state_dict()
    rows = {row: kind for row, kind in part.CLASS_ROWS.items() if row in state}
    assert rows and set(rows.values()) == {'objects'}
    assert all(len(state[row]) == 81 for row in rows)


def test_linear_verbs_are_a_linear_layer():
    part = make('linear')
    features = torch.rand(5, WIDTH)
    torch.testing.assert_close(
        part(features), features @ part.weight.T + part.bias)
    assert part.label_field == 'verb_labels'
    assert set(part.state_dict()) == {'weight', 'bias'}


def test_linear_verbs_rank_by_the_product():
    part = make('linear')
    logits, objects = torch.randn(2, 117), torch.rand(2, 80)
    tables = part.score(logits, objects, bonus=0.0)
    best, labels = objects.max(1)
    possible = part.hoi_objects == labels[:, None]
    assert torch.equal(tables.scores.isfinite(), possible)
    expected = logits.sigmoid()[:, part.hoi_verbs] * best[:, None]
    torch.testing.assert_close(tables.scores[possible], expected[possible])


def test_images_are_compared_with_texts(name):
    part = make(name)
    if name == 'linear':
        return
    feature = torch.randn(2, EMBED)
    cosines = part.image_logits(feature)
    torch.testing.assert_close(
        cosines,
        feature / feature.norm(dim=1, keepdim=True) @ part.texts.weight.T)


@pytest.mark.parametrize('call, message', [
    (lambda part: part.image_logits(torch.rand(1, EMBED)),
     'LinearVerbClassifier has no texts that an image .*leave out `clip`'),
    (lambda part: part.with_vocabulary(['a person riding a horse']),
     'LinearVerbClassifier classifies by learned weights.*such as HOICLIP'),
])
def test_what_needs_texts_says_so(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call(make('linear'))
    assert '\n' not in str(caught.value)


def test_a_vocabulary_shares_all_but_the_classes(name):
    if name == 'linear':
        return
    part = make(name)
    before = {key: value.clone() for key, value in part.state_dict().items()}
    space = load_class_set('hico_det').label_space
    texts = [space.hoi_prompts[5], 'a person juggling']
    other = part.with_vocabulary(parse_vocabulary(texts, space))
    assert type(other) is type(part)
    assert other.num_classes == other.num_hois == 2
    assert part.num_classes == part.num_hois == 600
    assert all(
        value.equal(before[k]) for k, value in part.state_dict().items())
    assert torch.equal(other.texts.weight[0], part.texts.weight[5])
    shared = {id(p) for p in part.parameters()}
    own = {
        key
        for key, param in other.named_parameters() if id(param) not in shared
    }
    assert all(key.startswith(('texts.', 'verbs.weight')) for key in own)


def test_a_part_must_say_how_it_classifies():
    with pytest.raises(TypeError, match='abstract'):
        InteractionClassifier(WIDTH, load_class_set('hico_det'))
