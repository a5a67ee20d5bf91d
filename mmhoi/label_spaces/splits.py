# Copyright (c) mmhoi contributors.
"""Zero-shot splits of HICO-DET: which HOI classes training never sees."""
import json
from functools import lru_cache
from typing import Dict, Optional, Tuple

import numpy as np

from .label_space import METAINFO_DIR


@lru_cache(maxsize=None)
def _zero_shot_splits() -> Dict[str, Tuple[int, ...]]:
    text = (METAINFO_DIR / 'zero_shot_splits.json').read_text()
    return {name: tuple(ids) for name, ids in json.loads(text).items()}


def zero_shot_split_names() -> Tuple[str, ...]:
    """Names of the zero-shot splits: uc0..uc4, rf_uc, nf_uc, uo, uv."""
    return tuple(sorted(_zero_shot_splits()))


def unseen_hois(split: Optional[str]) -> np.ndarray:
    """HOI ids that a zero-shot split withholds from training.

    Args:
        split (str, optional): Name of the split, in any of the spellings
            `rf_uc`, `rf-uc` and `RF-UC`, or None for the ordinary setting in
            which every class is seen.

    Returns:
        np.ndarray: 0-based HOI ids in ascending order, shape (U, ).

    Raises:
        ValueError: If the split is unknown.

    Examples:
        >>> len(unseen_hois('uo')), len(unseen_hois('uv'))
        (100, 84)
        >>> bool((unseen_hois('RF-UC') == unseen_hois('rf_uc')).all())
        True
        >>> len(unseen_hois(None))
        0
    """
    if split is None:
        return np.zeros(0, dtype=np.int64)
    splits = _zero_shot_splits()
    name = str(split).lower().replace('-', '_')
    if name not in splits:
        raise ValueError(
            f'unknown zero-shot split "{split}" (config key '
            f'`zero_shot_split`); allowed: {", ".join(sorted(splits))}')
    return np.array(splits[name], dtype=np.int64)


def seen_hois(split: Optional[str], num_hois: int) -> np.ndarray:
    """HOI ids that remain in training, ascending, shape (H - U, ).

    Args:
        split (str, optional): Name of the zero-shot split, or None.
        num_hois (int): Number of HOI classes H.

    Returns:
        np.ndarray: 0-based HOI ids.
    """
    return np.setdiff1d(np.arange(num_hois), unseen_hois(split))
