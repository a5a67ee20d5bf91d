# Copyright (c) mmhoi contributors.
"""The two class sets of zero-shot classifiers, and biases that ours lack."""
from typing import Dict, Optional, Sequence

import torch
from torch import Tensor

CLASSIFIER = 'bbox_head.interaction_classifier.texts.'
WEIGHT, BIAS = CLASSIFIER + 'weight', CLASSIFIER + 'bias'
EVAL_WEIGHT = CLASSIFIER + 'eval_weight'
EVAL_BIAS = CLASSIFIER + 'eval_bias'


def join_class_sets(state_dict: Dict[str, Tensor],
                    train_ids: Optional[Sequence[int]],
                    fixed_eval: bool = False) -> Dict[str, Tensor]:
    """Make one classifier of those of seen and of all classes.

    Args:
        state_dict (dict[str, Tensor]): Weights with our names, in which the
            classifier has the S seen classes, shape (S, E), and `eval_weight`
            all, (H, E). Without `eval_weight` they stay as they are.
        train_ids (Sequence[int], optional): Ids of the S seen classes. None:
            the seen classes are taken from `eval_weight`.
        fixed_eval (bool): Whether to keep `eval_weight` also if it tells
            nothing new. Defaults to False.

    Returns:
        dict[str, Tensor]: Weights with a classifier of shape (H, E).

    Raises:
        ValueError: If S is not the number of ids.
    """
    if EVAL_WEIGHT not in state_dict:
        return state_dict
    state = dict(state_dict)
    weight = state[EVAL_WEIGHT]
    if train_ids is not None and WEIGHT in state:
        seen = state[WEIGHT]
        if len(seen) != len(train_ids):
            raise ValueError(
                f'the classifier of seen classes has {len(seen)} rows, but '
                f'the zero-shot split has {len(train_ids)} seen classes')
        weight = weight.clone()
        weight[torch.as_tensor(train_ids)] = seen
        fixed_eval = fixed_eval or not weight.equal(state[EVAL_WEIGHT])
    state[WEIGHT] = weight
    if fixed_eval:
        state.setdefault(EVAL_BIAS, weight.new_zeros(len(weight)))
    else:
        del state[EVAL_WEIGHT]
    return state


def split_class_sets(state_dict: Dict[str, Tensor],
                     train_ids: Optional[Sequence[int]],
                     eval_bias: bool) -> Dict[str, Tensor]:
    """Invert `join_class_sets`.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        train_ids (Sequence[int], optional): Ids of the S seen classes, None
            if all are.
        eval_bias (bool): Whether the official classifier of all classes has a
            bias.

    Returns:
        dict[str, Tensor]: Weights with our names and official shapes.

    Raises:
        ValueError: If a bias cannot be represented.
    """
    state = dict(state_dict)
    if train_ids is None:
        return state
    weight = state[WEIGHT]
    state[WEIGHT] = weight[torch.as_tensor(train_ids)]
    state.setdefault(EVAL_WEIGHT, weight)
    bias = state.pop(EVAL_BIAS, weight.new_zeros(len(weight)))
    if eval_bias:
        state[EVAL_BIAS] = bias
    elif bias.any():
        raise ValueError(
            f'{EVAL_BIAS} is not zero, but the official classifier of all '
            'classes has no bias')
    return state


def add_biases(state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Add zeros for the biases that our classifiers may lack.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.

    Returns:
        dict[str, Tensor]: The same, with biases.
    """
    state = dict(state_dict)
    for part in ('interaction', 'obj'):
        name = f'bbox_head.{part}_classifier.texts.'
        weight = state[name + 'weight']
        state.setdefault(name + 'bias', weight.new_zeros(len(weight)))
    return state
