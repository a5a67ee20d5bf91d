# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads.functional import (ClassWords, SimilarObjects,
                                           word_vectors)
from mmhoi.models.heads.pair_streams import ImageRows, PairRows, PairStream
from mmhoi.utils.setup_error import SetupError

SPACE = load_label_space('hico_det')
VERBS, OBJECTS = map(torch.from_numpy, (SPACE.hoi_verbs, SPACE.hoi_objects))


def write(path, names=SPACE.objects, width=8, **arrays):
    rng = np.random.default_rng(0)
    np.savez(
        path,
        **dict(
            dict(
                names=np.array(names),
                vectors=rng.normal(size=(len(names), width))), **arrays))
    return str(path)


def make_image(labels, objects):
    count = len(objects)
    rows = PairRows(
        torch.randn(count, 4), torch.randn(count, 4), torch.randn(count, 0),
        torch.rand(count, 4), torch.rand(count, 4), objects,
        torch.full((count, 2), 9))
    return ImageRows(rows, labels, rows.obj, rows.obj_boxes, objects)


def test_words_are_found_by_name(tmp_path):
    """In another order and spelling, with more of them."""
    names = [name.replace('_', ' ') for name in reversed(SPACE.objects)]
    vectors = np.random.default_rng(1).normal(size=(82, 5))
    file = write(
        tmp_path / 'w.npz', [*names, 'glove', 'lamp'], vectors=vectors)
    table = word_vectors(SPACE, file=file)
    assert table.shape == (80, 5)
    np.testing.assert_allclose(table.norm(dim=1), 1, 1e-6)
    np.testing.assert_allclose(table[0],
                               vectors[79] / np.linalg.norm(vectors[79]), 1e-5)


@pytest.mark.parametrize('arrays, message', [
    (dict(names=np.array(['dog'] * 80)), 'lack 79 of the 80'),
    (dict(vectors=np.zeros((80, 3))), 'vector 0'),
    (dict(vectors=np.ones((79, 3))), r'80 names.*\(79, 3\)'),
    (dict(vectors=np.array(['x'])), 'no .npz'),
])
def test_words_of_other_classes_or_size(tmp_path, arrays, message):
    with pytest.raises(SetupError, match=message):
        word_vectors(SPACE, file=write(tmp_path / 'w.npz', **arrays))


def test_no_words(tmp_path):
    with pytest.raises(FileNotFoundError, match='names'):
        word_vectors(SPACE, file=str(tmp_path / 'none.npz'))
    (tmp_path / 'w.npz').write_text('no')
    with pytest.raises(SetupError, match='no .npz'):
        word_vectors(SPACE, file=str(tmp_path / 'w.npz'))
    with pytest.raises(SetupError, match='`file` or `clip`'):
        word_vectors(SPACE)


def test_class_words(tmp_path):
    words = ClassWords('hico_det', file=write(tmp_path / 'w.npz'))
    rows = make_image(torch.zeros(2, 600), torch.tensor([3, 5])).rows
    assert words.out_dims == 16
    assert words(rows)[:, :8].equal(words.vectors[[0, 0]])
    assert words(rows)[:, 8:].equal(words.vectors[[3, 5]])


def test_swaps_keep_human_and_boxes(tmp_path):
    swaps = SimilarObjects(
        4, SPACE, None, dict(file=write(tmp_path / 'w.npz')), num_clusters=2)
    hois = [SPACE.hois.index(x) for x in ('ride horse', 'hold cup')]
    objects = OBJECTS[hois]
    image = make_image(torch.eye(600)[hois], objects)
    pairs = swaps([image])
    assert len(pairs.labels)
    for i, (obj,
            labels) in enumerate(zip(pairs.rows.obj_labels, pairs.labels)):
        source = int((image.rows.sub == pairs.rows.sub[i]).all(1).nonzero())
        # Of the same cluster, but another class, and an HOI of the same verb.
        assert obj != objects[source]
        assert swaps.clusters[obj] == swaps.clusters[objects[source]]
        known = labels.nonzero().flatten()
        assert OBJECTS[known].unique().tolist() == [int(obj)]
        assert VERBS[known].unique().tolist() == [VERBS[hois[source]]]
        assert pairs.rows.obj_boxes[i].equal(image.rows.obj_boxes[source])


def test_nothing_to_swap(tmp_path):
    """Each class alone, or no pair."""
    words = dict(file=write(tmp_path / 'w.npz'))
    alone = SimilarObjects(4, SPACE, None, words, num_clusters=80)
    image = make_image(torch.eye(600)[:2], torch.tensor([4, 4]))
    assert not len(alone([image]).labels)
    swaps = SimilarObjects(4, SPACE, None, words, num_clusters=1)
    assert not len(
        swaps([make_image(torch.zeros(0, 600),
                          torch.zeros(0).long())]).labels)


@pytest.mark.parametrize('options, message', [
    (dict(num_clusters=81), 'num_clusters=81; allowed: 1 to 80'),
    (dict(num_swaps=-1), 'num_swaps=-1; allowed: numbers from 0'),
    (dict(words=None), '`file` or `clip`'),
    (dict(words=dict(path='w.npz')), '`path` of `composer.words`'),
    (dict(looks=dict(words='w.npz')), '`words` of `composer.looks`'),
    (dict(looks=dict(clip=None)), '`file` or `clip`'),
])
def test_swaps_of_no_use(tmp_path, options, message):
    words = dict(file=write(tmp_path / 'w.npz'))
    with pytest.raises(SetupError, match=message):
        SimilarObjects(4, SPACE, None, **dict(dict(words=words), **options))


@pytest.mark.parametrize('options, message', [
    (dict(
        label_space=dict(
            objects=['person', 'cup'],
            verbs=['hold'],
            hois=[dict(verb='hold', object='cup')])),
     'other object classes than its head, hico_det'),
    (dict(human_label=80), 'human_label=80; allowed: 0 to 79'),
    (dict(file=None), '`file` or `clip`'),
])
def test_class_words_of_no_use(tmp_path, options, message):
    words = dict(
        dict(
            type='ClassWords',
            label_space='hico_det',
            file=write(tmp_path / 'w.npz')), **options)
    with pytest.raises(SetupError, match=message):
        PairStream(4, SPACE, ['sub', words])
