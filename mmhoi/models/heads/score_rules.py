# Copyright (c) mmhoi contributors.
"""How interaction and object scores become the rank of a prediction."""
from typing import Union

import torch
from torch import Tensor

from .object_scores import hoi_object_scores
from .selection import CombinationScores


def sum_with_squared_object(hoi_scores: Tensor, obj_scores: Tensor,
                            hoi_objects: Tensor,
                            bonus: Union[Tensor, float]) -> CombinationScores:
    """HOI score + squared object score (official HOICLIP and GEN-VLKT).

    The rank is no probability: a confidence is the product of both, cut to
    0..1.

    Args:
        hoi_scores (Tensor): Probabilities of HOIs, shape (..., Q, H).
        obj_scores (Tensor): Probabilities of objects without background,
            shape (..., Q, O).
        hoi_objects (Tensor): Object class of each HOI, int64, shape (H, );
            `ANY_OBJECT` takes the best class of each query.
        bonus (Tensor | float): Added to the HOI scores, (..., 1, H).

    Returns:
        CombinationScores: Tables of shape (..., Q, H).

    Examples:
        >>> rule = sum_with_squared_object(
        ...     torch.tensor([[0.5]]), torch.tensor([[0.2, 0.8]]),
        ...     torch.tensor([1]), bonus=0.0)
        >>> rule.scores, rule.confidences
        (tensor([[1.1400]]), tensor([[0.4000]]))
    """
    hoi_scores = hoi_scores + bonus
    scores, labels = hoi_object_scores(obj_scores, hoi_objects)
    return CombinationScores(hoi_scores + scores**2,
                             hoi_scores.clamp(0, 1) * scores, scores, labels)


def product_with_top_object(verb_scores: Tensor, obj_scores: Tensor,
                            hoi_objects: Tensor,
                            hoi_verbs: Tensor) -> CombinationScores:
    """Verb score * score of the best object (QPIC, section "Inference").

    A HOI of another object than the best one of a pair is impossible.

    Args:
        verb_scores (Tensor): Probabilities of verbs, shape (..., Q, V).
        obj_scores (Tensor): Probabilities of objects without background,
            shape (..., Q, O).
        hoi_objects (Tensor): Object class of each HOI, int64, shape (H, ).
        hoi_verbs (Tensor): Verb of each HOI, int64, shape (H, ).

    Returns:
        CombinationScores: Tables of shape (..., Q, H).

    Examples:
        >>> rule = product_with_top_object(
        ...     torch.tensor([[0.5]]), torch.tensor([[0.2, 0.8]]),
        ...     torch.tensor([0, 1]), torch.tensor([0, 0]))
        >>> rule.scores
        tensor([[  -inf, 0.4000]])
    """
    best_scores, best = obj_scores.max(-1, keepdim=True)
    scores = verb_scores[..., hoi_verbs] * best_scores
    labels = best.expand(scores.shape)
    return CombinationScores(
        torch.where(labels == hoi_objects, scores, float('-inf')), scores,
        best_scores.expand(scores.shape), labels)
