# Copyright (c) mmhoi contributors.
from collections import Counter

import numpy as np
import pytest

from mmhoi.synthetic import (all_labels, load_vocabulary, plan_split,
                             sample_hoi_ids)
from mmhoi.synthetic.objects import OBJECTS
from mmhoi.synthetic.stage import INTERACTIONS

UNSEEN_OBJECTS = {
    'baseball_bat', 'clock', 'dog', 'elephant', 'frisbee', 'pizza',
    'refrigerator', 'skateboard', 'skis', 'tennis_racket', 'toothbrush',
    'zebra'
}
UNSEEN_VERBS = {
    'block', 'dribble', 'feed', 'herd', 'hose', 'inspect', 'install', 'move',
    'park', 'ride', 'sail', 'scratch', 'sign', 'squeeze', 'stab', 'stop_at',
    'swing', 'tag', 'toast', 'wear'
}


def _counts(plan):
    return Counter(
        label for ids in plan for hoi in ids for label in all_labels(hoi))


def test_vocabulary_is_large_enough():
    vocabulary = load_vocabulary()
    classes = vocabulary.classes
    assert len(classes) >= 90
    assert len(vocabulary.object_labels) >= 14
    assert len(vocabulary.verb_indices) >= 25
    assert sum(c.rare for c in classes.values()) >= 22
    assert {c.object
            for c in classes.values()} == set(vocabulary.object_labels)
    assert {c.verb for c in classes.values()} == set(vocabulary.verb_indices)


def test_vocabulary_covers_the_zero_shot_splits():
    classes = load_vocabulary().classes.values()
    assert sum(c.object in UNSEEN_OBJECTS for c in classes) >= 8
    assert sum(c.verb in UNSEEN_VERBS for c in classes) >= 8


def test_known_ids_of_hico():
    """Anchors of the official numbering, 0-based."""
    vocabulary = load_vocabulary()
    known = {
        139: ('ride', 'horse'),
        18: ('ride', 'bicycle'),
        169: ('no_interaction', 'person'),
        453: ('carry', 'skateboard'),
        583: ('no_interaction', 'umbrella')
    }
    for hoi_id, names in known.items():
        hoi = vocabulary.classes[hoi_id]
        assert (hoi.verb, hoi.object) == names
    assert vocabulary.object_labels['person'] == 0
    assert vocabulary.coco_ids['umbrella'] == 28
    assert vocabulary.verb_indices['no_interaction'] == 57
    assert vocabulary.verb_indices['ride'] == 76


def test_rare_classes_are_never_implied():
    classes = load_vocabulary().classes
    for hoi in classes.values():
        for implied in hoi.implies:
            assert implied in classes
            assert classes[implied].object == hoi.object
            assert not classes[implied].rare


def test_every_class_can_be_drawn_and_no_drawing_is_unused():
    vocabulary = load_vocabulary()
    assert set(INTERACTIONS) == {(c.verb, c.object)
                                 for c in vocabulary.classes.values()}
    assert set(OBJECTS) == set(vocabulary.object_labels) - {'person'}


@pytest.mark.parametrize('num_images', [1000, 4000])
@pytest.mark.parametrize('seed', [0, 7])
def test_train_plan_is_long_tailed(num_images, seed):
    counts = _counts(plan_split(num_images, seed, 'train'))
    for hoi in load_vocabulary().classes.values():
        if hoi.rare:
            assert 2 <= counts[hoi.hoi_id] <= 9
        else:
            assert counts[hoi.hoi_id] >= 10


def test_test_plan_covers_every_class():
    counts = _counts(plan_split(500, 0, 'test'))
    assert min(counts[i] for i in load_vocabulary().classes) >= 8


def test_train_plan_is_balanced_on_request():
    counts = _counts(plan_split(500, 0, 'train', balanced=True))
    assert min(counts[i] for i in load_vocabulary().classes) >= 8


def test_plan_keeps_four_people_per_image():
    classes = load_vocabulary().classes
    for split in ('train', 'test'):
        for ids in plan_split(600, 1, split):
            assert 1 <= len(ids) <= 3
            assert sum(1 + (classes[i].object == 'person') for i in ids) <= 4


def test_plan_is_deterministic_and_splits_differ():
    assert plan_split(50, 3, 'train') == plan_split(50, 3, 'train')
    assert plan_split(50, 3, 'train') != plan_split(50, 4, 'train')
    assert plan_split(50, 3, 'train') != plan_split(50, 3, 'test')


def test_plan_refuses_bad_arguments():
    with pytest.raises(ValueError, match='split'):
        plan_split(10, 0, 'val')
    with pytest.raises(ValueError, match='positive'):
        plan_split(0, 0, 'train')


def test_sample_hoi_ids():
    rng = np.random.default_rng(0)
    ids = list(load_vocabulary().classes)
    assert set(sample_hoi_ids(rng, 3000)) == set(ids)
    weights = [float(i == 139) for i in ids]
    assert sample_hoi_ids(rng, 4, weights) == [139] * 4
    with pytest.raises(ValueError, match='weights'):
        sample_hoi_ids(rng, 1, [1.0])
