# Copyright (c) mmhoi contributors.
"""Zero-shot splits of HICO-DET: which HOI classes training never sees."""
from typing import Optional, Tuple

import numpy as np

from .loading import load_label_space


def zero_shot_split_names() -> Tuple[str, ...]:
    """Names of the splits: uc0..uc4, rf_uc, nf_uc, uo, uv, ua, fcl."""
    return tuple(sorted(load_label_space('hico_det').splits))


def unseen_hois(split: Optional[str]) -> np.ndarray:
    """HOI ids that a split of HICO-DET withholds from training, (U, ).

    Args:
        split (str, optional): As in :meth:`LabelSpace.unseen_hois`.

    Returns:
        np.ndarray: 0-based HOI ids in ascending order.

    Raises:
        SetupError: If the split is unknown.
    """
    return load_label_space('hico_det').unseen_hois(split)


def seen_hois(split: Optional[str], num_hois: int) -> np.ndarray:
    """HOI ids that remain in training, ascending, shape (H - U, ).

    Args:
        split (str, optional): Name of the zero-shot split, or None.
        num_hois (int): Number of HOI classes H.

    Returns:
        np.ndarray: 0-based HOI ids.
    """
    return np.setdiff1d(np.arange(num_hois), unseen_hois(split))
