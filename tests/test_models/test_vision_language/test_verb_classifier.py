# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from mmhoi.label_spaces import load_label_space
from mmhoi.models.vision_language import (CLIPVerbClassifier, encode_texts,
                                          load_verb_embeddings,
                                          save_verb_embeddings,
                                          weights_identity)

V, H, E = 3, 5, 16
HOI_VERBS = [0, 2, 1, 0, 2]
TABLE = np.eye(V, dtype=np.float32)[HOI_VERBS].T


@pytest.fixture
def embeddings():
    return torch.randn(V, E, generator=torch.Generator().manual_seed(0)) * 3


def _adapter(classifier, feats):
    first, second, third = classifier.adapter.layers
    return third(F.relu(second(F.relu(first(feats)))))


@pytest.mark.parametrize('train_ids', [None, [4, 1, 2]])
@pytest.mark.parametrize('seen_only', [False, True])
def test_logits(train_ids, seen_only, embeddings):
    classifier = CLIPVerbClassifier(
        TABLE, E, hidden_dims=6, embeddings=embeddings, train_ids=train_ids)
    feats = torch.randn(2, 4, E)
    verb_logits, hoi_logits = classifier(feats, 7.0, seen_only)
    x = _adapter(classifier, feats)
    expected = 7.0 * (x / x.norm(dim=-1, keepdim=True)) @ embeddings.T
    torch.testing.assert_close(verb_logits, expected)
    expected = expected[..., HOI_VERBS]
    if seen_only and train_ids is not None:
        expected = expected[..., train_ids]
    torch.testing.assert_close(hoi_logits, expected)


def test_parameters(embeddings):
    classifier = CLIPVerbClassifier(TABLE, E, 6, embeddings)
    shapes = {k: tuple(v.shape) for k, v in classifier.state_dict().items()}
    assert shapes == {
        'weight': (V, E),
        'adapter.layers.0.weight': (6, E),
        'adapter.layers.0.bias': (6, ),
        'adapter.layers.1.weight': (6, 6),
        'adapter.layers.1.bias': (6, ),
        'adapter.layers.2.weight': (E, 6),
        'adapter.layers.2.bias': (E, )
    }
    classifier(torch.randn(2, E), 1.0)[1].sum().backward()
    assert all(p.grad is not None for p in classifier.parameters())


def test_embeddings_from_text(tiny_clip):
    clip = dict(model_name=tiny_clip, pretrained='random')
    texts = [f'a photo of a person riding {i}' for i in 'abcde']
    classifier = CLIPVerbClassifier(TABLE, E, texts=texts, clip=clip)
    rows = encode_texts(texts=texts, **clip)
    expected = torch.stack([
        F.normalize(rows[torch.tensor(HOI_VERBS) == verb].mean(0), dim=0)
        for verb in range(V)
    ])
    torch.testing.assert_close(classifier.weight.data, expected)


@pytest.mark.parametrize('suffix', ['pt', 'pth', 'npy', 'safetensors'])
def test_embeddings_from_file(suffix, embeddings, tmp_path):
    path = tmp_path / f'verb.{suffix}'
    if suffix == 'npy':
        np.save(path, embeddings.numpy())
    elif suffix == 'safetensors':
        save_file(dict(verb=embeddings), path)
    else:
        torch.save(embeddings, path)
    classifier = CLIPVerbClassifier(TABLE, E, embeddings=path)
    assert torch.equal(classifier.weight.data, embeddings)


def test_wrong_number_of_verbs(embeddings, tmp_path):
    torch.save(embeddings[:2], tmp_path / 'verb.pt')
    with pytest.raises(ValueError, match=r'verb\.pt.*\(2, 16\).*\(3, 16\)'):
        CLIPVerbClassifier(TABLE, E, embeddings=tmp_path / 'verb.pt')


@pytest.mark.parametrize('origin, words', [
    (dict(label_space='hico_det', clip='tiny'), None),
    (dict(label_space='vcoco'), 'label_space "vcoco".*has "hico_det"'),
    (dict(clip='ViT-B-16'), 'clip "ViT-B-16".*has "tiny"'),
    ({}, None),
])
def test_file_of_another_model(embeddings, origin, words, tmp_path):
    path = tmp_path / 'verb.safetensors'
    save_verb_embeddings(path, embeddings, **origin)

    def build():
        return CLIPVerbClassifier(
            TABLE,
            E,
            embeddings=path,
            label_space='hico_det',
            clip=dict(model_name='tiny'))

    if words is None:
        assert torch.equal(build().weight.data, embeddings)
    else:
        with pytest.raises(ValueError, match=f'verb.safetensors.*{words}'):
            build()


@pytest.mark.parametrize('names, words', [
    (['a', 'b', 'c'], None),
    (['c', 'a', 'b'], None),
    (['a', 'b', 'd'], 'verbs only in the model: c; verbs only in the file: d'),
    (['a', 'b'], 'other verbs: verbs only in the model: c'),
])
@pytest.mark.parametrize('key', ['verbs', 'num_pairs'])
def test_rows_go_by_the_names_of_verbs(embeddings, names, words, key,
                                       tmp_path):
    """Files of before tell the names with the numbers of pairs."""
    path = tmp_path / 'verb.safetensors'
    table = names if key == 'verbs' else dict.fromkeys(names, 1)
    save_verb_embeddings(path, embeddings, **{key: json.dumps(table)})

    def build():
        return CLIPVerbClassifier(
            TABLE, E, embeddings=path, verb_names=('a', 'b', 'c'))

    if words is None:
        wanted = embeddings[[names.index(name) for name in 'abc']]
        assert torch.equal(build().weight.data, wanted)
    else:
        with pytest.raises(ValueError, match=words):
            build()


def test_file_of_another_clip(embeddings, tmp_path):
    path = tmp_path / 'verb.safetensors'
    clip = dict(model_name='mmhoi-mini', pretrained=None)
    for identity in (weights_identity(**clip), 'other ' + 64 * '0'):
        save_verb_embeddings(
            path, embeddings, clip='mmhoi-mini', clip_identity=identity)
        if not identity.startswith('other'):
            CLIPVerbClassifier(TABLE, E, embeddings=path, clip=clip)
    with pytest.raises(ValueError, match='made for clip "other 0'):
        CLIPVerbClassifier(TABLE, E, embeddings=path, clip=clip)


def test_file_that_comes_with_the_package():
    rows = load_verb_embeddings(
        'mmhoi://mini/verb_embeddings_arithmetic.safetensors')
    assert rows.shape == (117, 128)
    with pytest.raises(FileNotFoundError, match='mmhoi://mini/verb.saf'):
        load_verb_embeddings('mmhoi://mini/verb.safetensors')


@pytest.mark.parametrize('content, words', [
    ([torch.zeros(2, 3)], 'exactly one'),
    (dict(a=torch.zeros(2, 3), b=torch.zeros(2, 3)), 'exactly one'),
    (torch.zeros(3), 'exactly one'),
    (torch.tensor([[0.0], [float('nan')]]), r'not finite in rows \[1\]'),
])
def test_bad_file(content, words, tmp_path):
    torch.save(content, tmp_path / 'verb.pth')
    with pytest.raises(ValueError, match=words):
        load_verb_embeddings(tmp_path / 'verb.pth')


def test_missing_and_unknown_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='verb.pth'):
        load_verb_embeddings(tmp_path / 'verb.pth')
    (tmp_path / 'verb.csv').write_text('1')
    with pytest.raises(ValueError, match='safetensors'):
        load_verb_embeddings(tmp_path / 'verb.csv')


def test_nothing_to_build_from(tiny_clip):
    with pytest.raises(ValueError, match='`embeddings`'):
        CLIPVerbClassifier(TABLE, E)
    with pytest.raises(ValueError, match='1 HOI prompts'):
        CLIPVerbClassifier(
            TABLE,
            E,
            texts=['a'],
            clip=dict(model_name=tiny_clip, pretrained='random'))


def test_strict_text_embeddings_leave_unseen_hois_out(tiny_clip):
    clip = dict(model_name=tiny_clip, pretrained='random')
    texts = [f'a photo of a person riding {i}' for i in 'abcde']
    kwargs = dict(
        texts=texts, clip=clip, train_ids=[0, 1, 4], zero_shot_split='uv')
    strict = CLIPVerbClassifier(TABLE, E, strict=True, **kwargs).weight.data
    paper = CLIPVerbClassifier(TABLE, E, **kwargs).weight.data
    rows = encode_texts(texts=texts, **clip)
    # Verb 0 has HOIs 0 and 3, of which 3 is unseen; verb 2 has 1 and 4, both
    # seen; verb 1 has only 2, unseen, and nothing else to start from.
    torch.testing.assert_close(strict[0], rows[0])
    torch.testing.assert_close(strict[1:], paper[1:])
    assert not torch.allclose(strict[0], paper[0])


def test_strict_takes_files_of_its_split_only(embeddings, tmp_path):
    kwargs = dict(train_ids=[0, 1, 4], zero_shot_split='uv', strict=True)

    def build(path, **changes):
        return CLIPVerbClassifier(
            TABLE, E, embeddings=path, **{
                **kwargs,
                **changes
            }).weight.data

    own, other, everything, silent = (
        tmp_path / f'{name}.safetensors' for name in 'abcd')
    save_verb_embeddings(own, embeddings, 'uv')
    save_verb_embeddings(other, embeddings, 'uo')
    save_verb_embeddings(everything, embeddings)
    save_file(dict(verb=embeddings), silent)
    torch.save(embeddings, tmp_path / 'verb.pt')
    assert torch.equal(build(own), embeddings)
    for path, words in ((other, 'b.safetensors were made for the split "uo"'),
                        (everything,
                         'c.safetensors were made from all training pairs'),
                        (silent, 'd.safetensors do not tell'),
                        (tmp_path / 'verb.pt', 'verb.pt do not tell'),
                        (embeddings, '`embeddings` do not tell')):
        with pytest.raises(ValueError, match=f'{words}.*pairs of "uv"'):
            build(path)
        # The flavour of the paper takes them all.
        assert torch.equal(build(path, strict=False), embeddings)
    with pytest.raises(FileNotFoundError, match='not found'):
        build(tmp_path / 'none.safetensors')
    with pytest.raises(ValueError, match='set `zero_shot_split`'):
        build(own, zero_shot_split=None)


def test_only_safetensors_tell_their_split(embeddings, tmp_path):
    with pytest.raises(ValueError, match='verb.pt: only .safetensors'):
        save_verb_embeddings(tmp_path / 'verb.pt', embeddings, 'uv')


def test_official_table_of_vcoco():
    space = load_label_space('vcoco')
    kwargs = dict(
        verb_to_hoi=space.verb_to_hoi(),
        embed_dims=E,
        embeddings=torch.randn(len(space.verbs), E),
        official_vcoco_table=True)
    table = CLIPVerbClassifier(label_space='vcoco', **kwargs).verb_to_hoi
    # In the column of the object, where that of the HOI is meant.
    assert table.sum(0)[81:].sum() == 0
    assert table[space.hoi_verbs, space.hoi_objects].all()
    with pytest.raises(ValueError, match='the model has "hico_det"'):
        CLIPVerbClassifier(label_space='hico_det', **kwargs)
