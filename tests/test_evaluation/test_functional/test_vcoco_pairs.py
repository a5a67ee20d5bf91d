# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from vcoco_files import official_slice

from mmhoi.evaluation.functional import evaluate_vcoco
from mmhoi.evaluation.functional.vcoco_pairs import (detections_from_pairs,
                                                     ground_truth_from_pairs)
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import (ROLE_VERBS, VCOCO_ACTIONS,
                                            VCOCO_VERBS, VERB_ACTIONS,
                                            VERB_ROLES)
from mmhoi.structures import PairArrays

SPACE = load_label_space('vcoco')
KNIFE, PIZZA, CHAIR, NOTHING = 43, 53, 56, 80


def hoi(verb, obj):
    table = zip(SPACE.hoi_verbs.tolist(), SPACE.hoi_objects.tolist())
    return list(table).index((VCOCO_VERBS.index(verb), obj))


def boxes(*starts):
    return np.array([[x, 0, x + 9, 9] for x in starts], np.float32)


def test_one_person_for_each_two_boxes_of_an_image():
    hois = [
        hoi('cut_obj', PIZZA),
        hoi('cut_instr', KNIFE),
        hoi('cut_obj', NOTHING),
        hoi('stand', NOTHING),
        hoi('sit_instr', CHAIR),
        hoi('cut_obj', PIZZA)
    ]
    det = detections_from_pairs(
        PairArrays(
            np.array([7, 7, 7, 7, 7, 8]), np.array(hois),
            boxes(0, 0, 0, 0, 0, 0), boxes(50, 50, 50, 50, 70, 50),
            np.array([.5, .6, .9, .3, .8, .4])))
    assert det.images.tolist() == [7, 7, 8]
    np.testing.assert_array_equal(det.sub_bboxes, boxes(0, 0, 0))
    agents = {
        (row, VCOCO_ACTIONS[label]): score
        for row, label, score in zip(det.agent_rows, det.agent_labels,
                                     det.agent_scores)
    }
    assert agents == {
        (0, 'cut'): .9,
        (0, 'stand'): .3,
        (1, 'sit'): .8,
        (2, 'cut'): .4
    }
    roles = {
        (row, VCOCO_VERBS[label]): (score, *box)
        for row, label, score, box in zip(det.role_rows, det.role_labels, det.
                                          role_scores, det.obj_bboxes.tolist())
    }
    # Cutting nothing has the better score, so that the role stays empty.
    assert np.isnan(roles.pop((0, 'cut_obj'))[1:]).all()
    assert roles == {
        (0, 'cut_instr'): (.6, 50, 0, 59, 9),
        (1, 'sit_instr'): (.8, 70, 0, 79, 9),
        (2, 'cut_obj'): (.4, 50, 0, 59, 9)
    }


def test_arguments_are_not_changed():
    pairs = PairArrays(
        np.array([7]), np.array([hoi('cut_obj', NOTHING)]), boxes(0),
        boxes(50), np.array([.5]))
    assert np.isnan(detections_from_pairs(pairs).obj_bboxes).all()
    np.testing.assert_array_equal(pairs.obj_bboxes, boxes(50))


def test_no_pair():
    det = detections_from_pairs(
        PairArrays(
            np.zeros(0, int), np.zeros(0, int),
            boxes().reshape(0, 4),
            boxes().reshape(0, 4), np.zeros(0)))
    assert det.sub_bboxes.shape == det.obj_bboxes.shape == (0, 4)


def test_ground_truth_through_pairs():
    """Equal to the official one but for persons without any action."""
    _, gt, det = official_slice()
    rows, verbs = np.nonzero(gt.actions[:, VERB_ACTIONS] == 1)
    obj_bboxes = gt.obj_bboxes[rows, VERB_ACTIONS[verbs], VERB_ROLES[verbs]]
    obj_bboxes[VERB_ROLES[verbs] < 0] = np.nan
    pairs = PairArrays(gt.images[rows], verbs, gt.sub_bboxes[rows], obj_bboxes)
    found = ground_truth_from_pairs(pairs, gt.images, gt.sub_bboxes)
    active = (gt.actions == 1).any(1)
    np.testing.assert_array_equal(found.images, gt.images)
    np.testing.assert_array_equal(found.sub_bboxes, gt.sub_bboxes)
    np.testing.assert_array_equal(found.actions[active], gt.actions[active])
    assert (found.actions[~active] == -1).all()
    is_role = np.zeros((26, 2), bool)
    is_role[VERB_ACTIONS[ROLE_VERBS], VERB_ROLES[ROLE_VERBS]] = True
    does = (gt.actions == 1)[:, :, None] & is_role
    np.testing.assert_array_equal(found.obj_bboxes[does], gt.obj_bboxes[does])
    # Without the persons that nobody labelled, detections of them count as
    # false positives of whoever is nearest.
    alone = ground_truth_from_pairs(pairs, gt.images[:0], gt.sub_bboxes[:0])
    assert len(alone.images) == active.sum()
    assert evaluate_vcoco(
        alone,
        det).mean_role_ap(1) < evaluate_vcoco(found, det).mean_role_ap(1) - .01


@pytest.mark.parametrize('first', [0, 1])
def test_the_first_object_fills_a_role(first):
    obj_bboxes = boxes(50, 70)
    obj_bboxes[1 - first] = np.nan
    verb = VCOCO_VERBS.index('hold_obj')
    gt = ground_truth_from_pairs(
        PairArrays(
            np.array([7, 7, 7]), np.full(3, verb), boxes(0, 0, 0),
            np.concatenate((obj_bboxes, boxes(90)))), np.array([7]), boxes(0))
    assert len(gt.images) == 1
    np.testing.assert_array_equal(gt.obj_bboxes[0, 0, 0], boxes(50, 70)[first])
