# Copyright (c) mmhoi contributors.
"""Which actions V-COCO's verb-role classes are of, and which roles."""
from typing import Tuple

import numpy as np

from .loading import load_label_space

NUM_ROLES = 2


def _split_verb(verb: str) -> Tuple[str, str]:
    """Action and role of a verb-role class, '' for no role."""
    action, _, role = verb.rpartition('_')
    return (action, role) if role in ('obj', 'instr') else (verb, '')


#: The 29 verb-role classes, as in the label space.
VCOCO_VERBS: Tuple[str, ...] = load_label_space('vcoco').verbs
#: The 26 actions in the official order, which the verbs follow.
VCOCO_ACTIONS: Tuple[str, ...] = tuple(
    dict.fromkeys(_split_verb(verb)[0] for verb in VCOCO_VERBS))
#: Action of each verb-role class, shape (29, ).
VERB_ACTIONS = np.array(
    [VCOCO_ACTIONS.index(_split_verb(verb)[0]) for verb in VCOCO_VERBS])
#: Position of the role (0 or 1) within its action, -1 for no role, (29, ).
VERB_ROLES = np.array([
    -1 if verb in VCOCO_ACTIONS else int(action == previous)
    for verb, action, previous in zip(VCOCO_VERBS, VERB_ACTIONS,
                                      np.concatenate(([-1], VERB_ACTIONS)))
])
#: Verbs with a role, of which there are 25; `point` is left out of papers.
ROLE_VERBS = np.flatnonzero(VERB_ROLES >= 0)
PAPER_VERBS = ROLE_VERBS[ROLE_VERBS != VCOCO_VERBS.index('point_instr')]
