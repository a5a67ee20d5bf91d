# Copyright (c) mmhoi contributors.
"""From pairs of boxes to V-COCO's persons with roles."""
import numpy as np

from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import (NUM_ROLES, VCOCO_ACTIONS,
                                            VCOCO_VERBS, VERB_ACTIONS,
                                            VERB_ROLES)
from mmhoi.structures import PairArrays, VCOCODetections, VCOCOGroundTruth
from .row_groups import best_rows, group_rows


def detections_from_pairs(pairs: PairArrays) -> VCOCODetections:
    """Turn scored pairs into the persons that the official protocol ranks.

    Rows of one image with the same two boxes are one detected person, as
    what comes from one query of a model is. Its score of a role is the best
    one of the verb over all objects; its score of an action is the best one
    of the action's roles. A HOI with "no object" leaves the role empty.

    Args:
        pairs (PairArrays): N pairs with scores; `labels` are V-COCO's HOI
            classes 0..262.

    Returns:
        VCOCODetections: At most N persons.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]]).repeat(2, 0)
        >>> det = detections_from_pairs(PairArrays(
        ...     np.array([7, 7]), np.array([0, 0]), box, box,
        ...     np.array([.4, .6])))
        >>> det.images, det.role_labels, det.role_scores
        (array([7]), array([0]), array([0.6]))
    """
    space = load_label_space('vcoco')
    verbs = space.hoi_verbs[pairs.labels]
    persons, first = group_rows(
        pairs.images, np.concatenate((pairs.sub_bboxes, pairs.obj_bboxes), 1))
    agents = best_rows(persons * len(VCOCO_VERBS) + VERB_ACTIONS[verbs],
                       pairs.scores)
    with_role = np.flatnonzero(VERB_ROLES[verbs] >= 0)
    roles = with_role[best_rows(
        persons[with_role] * len(VCOCO_VERBS) + verbs[with_role],
        pairs.scores[with_role])]
    obj_bboxes = pairs.obj_bboxes[roles].copy()
    is_empty = space.hoi_objects[pairs.labels[roles]] == len(space.objects)
    obj_bboxes[is_empty] = np.nan
    return VCOCODetections(
        images=pairs.images[first],
        sub_bboxes=pairs.sub_bboxes[first],
        agent_rows=persons[agents],
        agent_labels=VERB_ACTIONS[verbs[agents]],
        agent_scores=pairs.scores[agents],
        role_rows=persons[roles],
        role_labels=verbs[roles],
        obj_bboxes=obj_bboxes,
        role_scores=pairs.scores[roles])


def ground_truth_from_pairs(interactions: PairArrays,
                            person_images: np.ndarray,
                            person_bboxes: np.ndarray) -> VCOCOGroundTruth:
    """Turn annotated interactions into the official ground truth.

    The subjects are the labelled persons, all other persons count as not
    labelled, which detections of them neither help nor harm. Pairs cannot
    express that a person was labelled with no action at all (1 % in V-COCO);
    such a person counts as not labelled. Leave the other persons out, and
    detections of them belong to whichever subject is nearest, mostly as false
    positives.

    Args:
        interactions (PairArrays): G interactions; `labels` are the verb-role
            classes 0..28, `obj_bboxes` NaN where no object is annotated.
        person_images (np.ndarray): Image of each annotated person, (N, ).
        person_bboxes (np.ndarray): Their boxes, shape (N, 4). Those that
            equal a subject's box are the subject.

    Returns:
        VCOCOGroundTruth: Persons in their order, then subjects that are not
        among them. A role with several objects has the first one.

    Examples:
        >>> box = np.array([[0., 0., 9., 9.]])
        >>> pairs = PairArrays(np.array([7]), np.array([3]), box, box + 5)
        >>> gt = ground_truth_from_pairs(pairs, np.array([7, 7]),
        ...                              np.concatenate((box + 50, box)))
        >>> gt.actions[:, 2:5]
        array([[-1, -1, -1],
               [ 0,  1,  0]], dtype=int8)
    """
    images = np.concatenate((person_images, interactions.images))
    bboxes = np.concatenate((person_bboxes, interactions.sub_bboxes))
    groups, first = group_rows(images, bboxes)
    persons = groups[len(person_images):]
    actions = VERB_ACTIONS[interactions.labels]
    size = (len(first), len(VCOCO_ACTIONS))
    labels = np.full(size, -1, np.int8)
    labels[persons] = 0
    labels[persons, actions] = 1

    obj_bboxes = np.full((*size, NUM_ROLES, 4), np.nan, np.float32)
    filled = np.flatnonzero(~np.isnan(interactions.obj_bboxes).any(1)
                            & (VERB_ROLES[interactions.labels] >= 0))
    keys = persons[filled] * len(VCOCO_VERBS) + interactions.labels[filled]
    rows = filled[np.unique(keys, return_index=True)[1]]
    obj_bboxes[
        persons[rows], actions[rows],
        VERB_ROLES[interactions.labels[rows]]] = interactions.obj_bboxes[rows]
    return VCOCOGroundTruth(images[first], bboxes[first].astype(np.float32),
                            labels, obj_bboxes)


def last_pixels(bboxes: np.ndarray) -> np.ndarray:
    """Turn [x, y, x + w, y + h], as HOIA files have it, into inclusive boxes.

    As in the official program no box ends before it starts.

    Args:
        bboxes (np.ndarray): Boxes whose x2, y2 are the first pixels outside,
            shape (N, 4).

    Returns:
        np.ndarray: Boxes whose x2, y2 are the last pixels inside, (N, 4).

    Examples:
        >>> last_pixels(np.array([[0., 0., 10., .5]]))
        array([[0., 0., 9., 0.]])
    """
    return np.concatenate(
        (bboxes[:, :2], np.maximum(bboxes[:, 2:] - 1, bboxes[:, :2])), 1)
