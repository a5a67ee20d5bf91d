# Copyright (c) mmhoi contributors.
"""Files of words and of graphs."""
import json

import numpy as np
import pytest
import torch

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads.consnet import (ConsistencyGraph, NodeWords,
                                        consistency_edges, load_graph,
                                        load_node_words, save_graph)
from mmhoi.utils.setup_error import SetupError

SPACE = load_label_space('synhico')
SIZES = dict(
    hoi=len(SPACE.hois), verb=len(SPACE.verbs), object=len(SPACE.objects))


def random_words(width=6):
    generator = torch.Generator().manual_seed(0)
    tables = {
        kind: torch.randn(size, width, generator=generator)
        for kind, size in SIZES.items()
    }
    return NodeWords(human=torch.ones(1, width), **tables)


def content_of(words):
    names = dict(hoi=SPACE.hois, verb=SPACE.verbs, object=SPACE.objects)
    content = dict(human_vector=words.human[0].numpy())
    for kind in SIZES:
        content[f'{kind}_names'] = np.array(names[kind])
        content[f'{kind}_vectors'] = getattr(words, kind).numpy()
    return content


@pytest.mark.parametrize('suffix', ['npz', 'json'])
def test_words(tmp_path, suffix):
    words = random_words()
    content = content_of(words)
    # Any order, spelt in any way, with other classes.
    for key in ('verb_names', 'verb_vectors'):
        content[key] = content[key][::-1]
    content['object_names'] = np.char.replace(content['object_names'], ' ',
                                              '_')
    content['verb_names'] = np.append(content['verb_names'], 'yodel')
    content['verb_vectors'] = np.concatenate(
        [content['verb_vectors'],
         np.ones((1, 6), np.float32)])
    path = tmp_path / f'words.{suffix}'
    if suffix == 'npz':
        np.savez(path, **content)
    else:
        path.write_text(
            json.dumps({
                k: v.tolist()
                for k, v in content.items()
            }))
    for ours, wanted in zip(load_node_words(SPACE, str(path)), words):
        assert ours.numpy() == pytest.approx(wanted.numpy())
    graph = ConsistencyGraph(
        8, SPACE, word_file=str(path), hidden_dims=(8, 8), num_heads=(2, 2, 2))
    assert graph().hoi.shape == (SIZES['hoi'], 8)


@pytest.mark.parametrize('change, message', [
    (lambda c: c.pop('human_vector'), 'human_vector'),
    (lambda c: c.update(verb_names=c['verb_names'][1:]), 'a row for each'),
    (lambda c: c.update(
        verb_names=c['verb_names'][1:], verb_vectors=c['verb_vectors'][1:]),
     'lack 1 of the .* verb classes of synhico'),
    (lambda c: c.update(object_vectors=c['object_vectors'][:, 1:]),
     'different widths: .*object 5'),
    (lambda c: c.update(hoi_vectors=c['hoi_vectors'] * np.nan), 'not finite'),
    (lambda c: c.update(hoi_vectors=np.array(['x'])), 'needed'),
])
def test_words_of_no_use(tmp_path, change, message):
    content = content_of(random_words())
    change(content)
    np.savez(tmp_path / 'words.npz', **content)
    with pytest.raises(SetupError, match=message):
        load_node_words(SPACE, str(tmp_path / 'words.npz'))


def test_a_number_that_is_no_float(tmp_path):
    content = {k: v.tolist() for k, v in content_of(random_words()).items()}
    content['human_vector'][0] = 10**400
    path = tmp_path / 'words.json'
    path.write_text(json.dumps(content))
    with pytest.raises(SetupError, match='needed'):
        load_node_words(SPACE, str(path))


@pytest.mark.parametrize('name', ['words.npz', 'words.json', 'graph.npz'])
def test_damaged_or_missing(tmp_path, name):
    path = tmp_path / name
    if name == 'graph.npz':
        args = load_graph, str(path), SPACE
    else:
        args = load_node_words, SPACE, str(path)
    with pytest.raises(FileNotFoundError, match='does not exist'):
        args[0](*args[1:])
    path.write_text('x')
    with pytest.raises(SetupError, match='is no graph|needed'):
        args[0](*args[1:])


def test_graph(tmp_path):
    path = str(tmp_path / 'graph.npz')
    edges = consistency_edges(SPACE, random_words())
    save_graph(path, edges, SPACE, 'strict', 'rf_uc')
    for split in ('rf_uc', 'RF-UC'):
        assert load_graph(path, SPACE, split, strict=True).equal(edges)
    assert load_graph(path, SPACE).equal(edges)
    with pytest.raises(SetupError, match='for the split "rf_uc".*"nf_uc"'):
        load_graph(path, SPACE, 'nf_uc', strict=True)
    with pytest.raises(SetupError, match='another label space than vcoco'):
        load_graph(path, load_label_space('vcoco'))
    save_graph(path, edges, SPACE, 'intended')
    with pytest.raises(SetupError, match='the flavour "intended"'):
        load_graph(path, SPACE, strict=True)
    edges[3], edges[:, 3] = False, False
    save_graph(path, edges, SPACE, 'intended')
    with pytest.raises(SetupError, match='1 nodes have no neighbour'):
        load_graph(path, SPACE)


def test_edges():
    words = random_words()
    edges = consistency_edges(SPACE, words)
    human = SIZES['hoi']
    assert edges.equal(edges.T)
    assert edges[human, :human].all() and not edges[human, human]
    assert not edges[human, human + 1:].any()
    others = torch.arange(len(edges)) != human
    assert edges.diagonal()[others].all()
    verb = human + 1 + SPACE.hoi_verbs[4]
    assert edges[4, verb] and edges[4, -SIZES['object'] + SPACE.hoi_objects[4]]


def test_classes_without_a_look_are_linked_by_words():
    words = random_words()
    looks = {kind: torch.randn(size, 4) for kind, size in SIZES.items()}
    unknown = {
        kind: (table, torch.zeros(len(table), dtype=torch.bool))
        for kind, table in looks.items()
    }
    by_words = consistency_edges(SPACE, words)
    assert consistency_edges(SPACE, words, unknown).equal(by_words)
    known = {kind: (table, ~none) for kind, (table, none) in unknown.items()}
    assert not consistency_edges(SPACE, words, known).equal(by_words)


def test_classes_alone():
    graph = ConsistencyGraph(
        8,
        SPACE,
        clip=dict(model_name='mmhoi-mini'),
        hidden_dims=(8, 8),
        num_heads=(2, 2, 2),
        links='none')
    assert graph.edges.equal(torch.eye(len(graph.edges)).bool())
    assert graph().verb.isfinite().all()


@pytest.mark.parametrize('name', ['words.npz', 'graph.npz'])
def test_cut_off(tmp_path, name):
    path = tmp_path / name
    np.savez(path, **content_of(random_words()))
    path.write_bytes(path.read_bytes()[:-20])
    args = (load_graph, str(path),
            SPACE) if name == 'graph.npz' else (load_node_words, SPACE,
                                                str(path))
    with pytest.raises(SetupError, match='is no graph|needed'):
        args[0](*args[1:])
