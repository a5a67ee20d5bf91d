# Copyright (c) mmhoi contributors.
from torch import Tensor

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
