# Copyright (c) mmhoi contributors.
"""Checkpoints of earlier versions of mmhoi: their names of today."""
from typing import Any, Dict, Mapping

#: What names of parameters started with, and what they start with now.
RENAMED = (
    ('sub_query_embedding.', 'queries.sub.'),
    ('obj_query_embedding.', 'queries.obj.'),
    ('pair_embedding.', 'queries.pair.'),
    ('bbox_head.obj_proj.', 'bbox_head.obj_classifier.proj.'),
    ('bbox_head.hoi_proj.', 'bbox_head.interaction_classifier.proj.'),
    ('bbox_head.hoi_classifier.', 'bbox_head.interaction_classifier.texts.'),
    ('bbox_head.verb_classifier.', 'bbox_head.interaction_classifier.verbs.'),
)
#: Weights of the object classifier, which stood in the head itself.
OBJECT_ROWS = ('weight', 'bias', 'logit_scale')


def has_old_names(state_dict: Mapping[str, Any]) -> bool:
    """Whether a state dict is of a version with other names.

    Args:
        state_dict (dict): Weights by name.

    Returns:
        bool: True if any name has changed since.
    """
    return any(
        name.startswith(old) for name in state_dict for old, _ in RENAMED)


def current_names(state_dict: Mapping[str, Any]) -> Dict[str, Any]:
    """Give the weights of an earlier version their names of today.

    Args:
        state_dict (dict): Weights by name, of any version.

    Returns:
        dict: The same weights; other checkpoints are as they were.

    Examples:
        >>> current_names({'pair_embedding.weight': 1, 'neck.bias': 2})
        {'queries.pair.weight': 1, 'neck.bias': 2}
    """
    if not has_old_names(state_dict):
        return dict(state_dict)
    renamed = dict(RENAMED)
    # A head of today has its object classifier's rows under the same start.
    for row in OBJECT_ROWS:
        renamed[f'bbox_head.obj_classifier.{row}'] = \
            f'bbox_head.obj_classifier.texts.{row}'
    state = {}
    for name, value in state_dict.items():
        start = next((old for old in renamed if name.startswith(old)), '')
        state[renamed.get(start, '') + name[len(start):]] = value
    return state
