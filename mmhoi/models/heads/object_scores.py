# Copyright (c) mmhoi contributors.
from typing import Tuple

import torch
from torch import Tensor

from mmhoi.label_spaces import ANY_OBJECT

MODES = ('sigmoid', 'softmax')


def object_scores(obj_logits: Tensor, mode: str = 'sigmoid') -> Tensor:
    """Scores of the object classes of a pair.

    Args:
        obj_logits (Tensor): Object logits, background last, shape
            (..., O + 1).
        mode (str): `sigmoid` as the official code, although the logits are
            trained with a softmax, or `softmax`. Defaults to `sigmoid`.

    Returns:
        Tensor: Scores in 0..1, shape (..., O + 1).

    Raises:
        ValueError: If the mode is unknown.

    Examples:
        >>> import torch
        >>> object_scores(torch.tensor([0.0, 0.0, 0.0, 0.0]), 'softmax')
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
        >>> object_scores(torch.tensor([0.0, 0.0, 0.0, 0.0]))
        tensor([0.5000, 0.5000, 0.5000, 0.5000])
    """
    if mode not in MODES:
        raise ValueError(f'test_cfg.obj_score="{mode}"; allowed: "sigmoid" '
                         '(official), "softmax"')
    return (obj_logits.sigmoid()
            if mode == 'sigmoid' else obj_logits.softmax(-1))


def hoi_object_scores(obj_scores: Tensor,
                      hoi_objects: Tensor) -> Tuple[Tensor, Tensor]:
    """Score and class of the object of each HOI.

    Args:
        obj_scores (Tensor): Scores of the objects without background, shape
            (..., Q, O).
        hoi_objects (Tensor): Object class of each HOI, int64, shape (H, );
            `ANY_OBJECT` takes the best class of each query.

    Returns:
        tuple[Tensor, Tensor]: Scores, and classes, int64, both (..., Q, H).

    Examples:
        >>> import torch
        >>> table = torch.tensor([[0.5, 0.7], [0.9, 0.5]])
        >>> scores, labels = hoi_object_scores(
        ...     table, torch.tensor([0, ANY_OBJECT]))
        >>> labels
        tensor([[0, 1],
                [0, 0]])
        >>> scores
        tensor([[0.5000, 0.7000],
                [0.9000, 0.9000]])
    """
    best_scores, best = obj_scores.max(-1, keepdim=True)
    is_any = hoi_objects == ANY_OBJECT
    return (torch.where(is_any, best_scores, obj_scores[..., hoi_objects]),
            torch.where(is_any, best, hoi_objects))
