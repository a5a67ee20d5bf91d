# Copyright (c) mmhoi contributors.
"""From scored HOIs to the detections of QPIC's, GEN-VLKT's and HOICLIP's
evaluator on V-COCO."""
from pathlib import Path

import numpy as np
import pytest
import torch

from mmhoi.evaluation.functional import evaluate_vcoco_hoia, hoia_detections
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays

GOLDEN = Path(__file__).parents[4] / 'shared/golden/evaluator_vcoco.pt'
SPACE = load_label_space('vcoco')
HOLD = SPACE.verbs.index('hold_obj')
NO_OBJECT = len(SPACE.objects)
NEVER_HELD = np.setdiff1d(
    np.arange(NO_OBJECT), SPACE.hoi_objects[SPACE.hoi_verbs == HOLD])[0]
BOX = np.array([[0., 0., 9., 9.]])


def hoi(verb, obj):
    return np.flatnonzero((SPACE.hoi_verbs == verb)
                          & (SPACE.hoi_objects == obj))[0]


def pairs_of(objects, scores, bboxes=None):
    """HOIs of `hold_obj` in one image."""
    boxes = BOX.repeat(len(objects), 0)
    return PairArrays(
        np.full(len(objects), 5), np.array([hoi(HOLD, o) for o in objects]),
        boxes, boxes if bboxes is None else bboxes, np.array(scores))


@pytest.mark.parametrize('top, score, label', [
    (None, .6, 53),
    (41, .6, 41),
    (NO_OBJECT, .6, NO_OBJECT),
    (NEVER_HELD, 0, NEVER_HELD),
])
def test_best_hoi_of_a_verb_with_the_predicted_object(top, score, label):
    det, labels = hoia_detections(
        pairs_of([41, 53], [.4, .6]), None if top is None else np.full(2, top))
    assert det.labels.tolist() == [HOLD]
    assert det.scores.tolist() == [score] and labels.tolist() == [label]


def test_queries_stay_apart():
    boxes = np.concatenate((BOX, BOX + 1, BOX))
    det, labels = hoia_detections(
        pairs_of([41, 41, 53], [.4, .5, .3], boxes), np.array([41, 53, 41]))
    assert det.scores.tolist() == [.4, .5] and labels.tolist() == [41, 53]


@pytest.mark.skipif(not GOLDEN.exists(), reason='needs the golden data')
def test_equals_official_evaluator():
    """All HOIs of all queries give what HOICLIP's evaluator printed."""
    golden = torch.load(GOLDEN, weights_only=True)
    num_queries = golden['pred_hoi_scores'].shape[1]
    objects = golden['hoi_verb_obj'][:, 1]
    obj_scores = golden['pred_obj_scores_f16'].double()[:, :, objects]
    scores = (golden['pred_hoi_scores'].double() + obj_scores**2).numpy()
    images, queries, hois = np.indices(scores.shape).reshape(3, -1)
    bboxes = golden['pred_boxes'].double().numpy()
    tops = golden['pred_labels'].numpy()[images, num_queries + queries]
    pairs = PairArrays(images, hois, bboxes[images, queries],
                       bboxes[images, num_queries + queries], scores.ravel())
    result = evaluate_vcoco_hoia(*annotation(golden),
                                 *hoia_detections(pairs, tops))
    for name, value in result.means().items():
        assert value == pytest.approx(
            golden['results']['metrics'][name], abs=1e-9)


def annotation(golden):
    """Annotated interactions and the classes of their objects."""
    rows = []
    for image, (boxes, labels, hois) in enumerate(
            zip(golden['gt_boxes'], golden['gt_labels'], golden['gt_hois'])):
        for sub, obj, verb in hois.tolist():
            bbox = [np.nan] * 4 if obj < 0 else boxes[obj].tolist()
            label = -1 if obj < 0 else int(labels[obj])
            rows.append((image, verb, label, *boxes[sub].tolist(), *bbox))
    table = np.array(rows)
    ids = table[:, :3].astype(int)
    return PairArrays(ids[:, 0], ids[:, 1], table[:, 3:7],
                      table[:, 7:]), ids[:, 2]
