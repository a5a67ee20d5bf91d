# Copyright (c) mmhoi contributors.
"""Persons, actions and roles of V-COCO as flat arrays."""
from typing import NamedTuple, Tuple

import numpy as np

from mmhoi.label_spaces.vcoco_roles import (NUM_ROLES, ROLE_VERBS,
                                            VCOCO_ACTIONS, VERB_ACTIONS,
                                            VERB_ROLES)


class VCOCOGroundTruth(NamedTuple):
    """Q annotated persons of many images.

    The order of an image's persons matters: a detection that overlaps no
    person belongs to the first one.

    Attributes:
        images (np.ndarray): Image of each person, any integer, shape (Q, ).
        sub_bboxes (np.ndarray): Boxes of the persons, inclusive 0-based xyxy
            pixels of the original image, float32, shape (Q, 4).
        actions (np.ndarray): 1 if the person does the action, 0 if not, -1 in
            the whole row of a person without V-COCO label, int8, shape
            (Q, 26).
        obj_bboxes (np.ndarray): Box of each role of each action, NaN if it is
            not annotated, float32, shape (Q, 26, 2, 4).
    """
    images: np.ndarray
    sub_bboxes: np.ndarray
    actions: np.ndarray
    obj_bboxes: np.ndarray

    @property
    def num_positives(self) -> np.ndarray:
        """Persons that do each action, with or without object, (26, )."""
        return (self.actions == 1).sum(0)


class VCOCODetections(NamedTuple):
    """M detected persons with the scores of their actions and roles.

    Only what was predicted is stored: N scores of a role, each with the box
    that fills it, and A scores of an action. `dense` and `from_dense` convert
    to and from the tables of the official format.

    Attributes:
        images (np.ndarray): Image of each person, shape (M, ).
        sub_bboxes (np.ndarray): Boxes of the persons, inclusive xyxy pixels
            of the original image, shape (M, 4).
        agent_rows (np.ndarray): Person that an action score belongs to,
            0..M-1, shape (A, ).
        agent_labels (np.ndarray): Its action, 0..25, shape (A, ).
        agent_scores (np.ndarray): The score, shape (A, ).
        role_rows (np.ndarray): Person that a role belongs to, shape (N, ).
        role_labels (np.ndarray): Its verb-role class, 0..28, shape (N, ).
        obj_bboxes (np.ndarray): Box in that role, all NaN or all 0 for "no
            object", shape (N, 4).
        role_scores (np.ndarray): Its score, shape (N, ).
    """
    images: np.ndarray
    sub_bboxes: np.ndarray
    agent_rows: np.ndarray
    agent_labels: np.ndarray
    agent_scores: np.ndarray
    role_rows: np.ndarray
    role_labels: np.ndarray
    obj_bboxes: np.ndarray
    role_scores: np.ndarray

    @classmethod
    def from_dense(cls, images: np.ndarray, sub_bboxes: np.ndarray,
                   agent_scores: np.ndarray,
                   roles: np.ndarray) -> 'VCOCODetections':
        """Take the scores that are not NaN.

        Args:
            images (np.ndarray): Shape (M, ).
            sub_bboxes (np.ndarray): Shape (M, 4).
            agent_scores (np.ndarray): Score of each action, shape (M, 26).
            roles (np.ndarray): Box and score of each role, NaN where an
                action has fewer roles, shape (M, 26, 2, 5).

        Returns:
            VCOCODetections: Scores in the order of the persons.
        """
        agent_rows, agent_labels = np.nonzero(~np.isnan(agent_scores))
        actions, positions = VERB_ACTIONS[ROLE_VERBS], VERB_ROLES[ROLE_VERBS]
        by_verb = roles[:, actions, positions]
        role_rows, columns = np.nonzero(~np.isnan(by_verb[..., 4]))
        found = by_verb[role_rows, columns]
        return cls(images, sub_bboxes, agent_rows, agent_labels,
                   agent_scores[agent_rows, agent_labels], role_rows,
                   ROLE_VERBS[columns], found[:, :4], found[:, 4])

    def dense(self) -> Tuple[np.ndarray, np.ndarray]:
        """Tables of all actions and roles, NaN where nothing is predicted.

        Returns:
            tuple[np.ndarray, np.ndarray]: agent_scores of shape (M, 26) and
            roles of shape (M, 26, 2, 5), float32.
        """
        size = (len(self.images), len(VCOCO_ACTIONS))
        agent_scores = np.full(size, np.nan, np.float32)
        agent_scores[self.agent_rows, self.agent_labels] = self.agent_scores
        roles = np.full((*size, NUM_ROLES, 5), np.nan, np.float32)
        index = (self.role_rows, VERB_ACTIONS[self.role_labels],
                 VERB_ROLES[self.role_labels])
        roles[(*index, slice(4))] = self.obj_bboxes
        roles[(*index, 4)] = self.role_scores
        return agent_scores, roles

    def select(self, keep: np.ndarray) -> 'VCOCODetections':
        """Persons chosen by a boolean array of shape (M, ), in order."""
        new_rows = np.cumsum(keep) - 1
        agents, roles = keep[self.agent_rows], keep[self.role_rows]
        return VCOCODetections(self.images[keep], self.sub_bboxes[keep],
                               new_rows[self.agent_rows[agents]],
                               self.agent_labels[agents],
                               self.agent_scores[agents],
                               new_rows[self.role_rows[roles]],
                               self.role_labels[roles], self.obj_bboxes[roles],
                               self.role_scores[roles])
