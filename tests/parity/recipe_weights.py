# Copyright (c) mmhoi contributors.
"""Weights as a function of (seed, name, shape), so that none are stored.

The golden files were made with official models filled by this rule.
"""
import zlib
from typing import Optional, Tuple

import numpy as np

#: Ends of names that are left at their value: they come from texts, from the
#: label space or from other files.
NOT_FILLED = ('logit_scale', 'verb2hoi_proj', 'verb2hoi_proj_eval',
              'visual_projection.weight', 'verb_projection.weight')


def recipe_weight(seed: int,
                  name: str,
                  shape: Tuple[int, ...],
                  sparse_backbone: bool = True) -> Optional[np.ndarray]:
    """Value of an official parameter.

    Args:
        seed (int): Seed of the model, 0 for its CLIP.
        name (str): The official name.
        shape (tuple[int]): Its shape.
        sparse_backbone (bool): Whether convolutions of the backbone have at
            most 8 non-zero inputs per output, as in the tiny models.
            Defaults to True.

    Returns:
        np.ndarray | None: Float32 values, None if the rule has none.

    Examples:
        >>> recipe_weight(1, 'logit_scale', ()) is None
        True
        >>> recipe_weight(1, 'query_embed_h.weight', (8, 64)).shape
        (8, 64)
    """
    if name.endswith(NOT_FILLED):
        return None
    rng = np.random.RandomState(zlib.crc32(f'{seed}/{name}'.encode()))
    last = name.rsplit('.', 1)[-1]
    normal = rng.standard_normal
    if name.startswith('backbone.0.body.'):
        value = _backbone(rng, name, last, shape, sparse_backbone)
    elif name.startswith('query_embed_'):
        value = 3.0 * normal(shape)
    elif name.endswith('guided_embedd.weight'):
        value = rng.random_sample(shape)
    elif name.endswith('token_embedding.weight'):
        value = 0.5 * normal(shape)
    elif last in ('positional_embedding', 'class_embedding'):
        value = 0.3 * normal(shape)
    elif last in ('proj', 'text_projection'):
        value = normal(shape) / np.sqrt(shape[0])
    elif len(shape) == 1 and last == 'weight':
        value = 1.0 + 0.1 * normal(shape)
    elif name == 'visual_projection.bias':
        value = -0.45 + 0.05 * normal(shape)
    elif len(shape) == 1:
        value = 0.1 * normal(shape)
    else:
        value = normal(shape) / np.sqrt(np.prod(shape[1:]))
        value *= _matrix_gain(name, last)
    return value.astype(np.float32)


def _matrix_gain(name: str, last: str) -> float:
    if name == 'input_proj.weight' or 'bbox_embed.layers.2' in name:
        return 3.0
    if last == 'in_proj_weight':
        return 1.6 if name.startswith('clip_model.') else 1.5
    return 1.0


def _backbone(rng: np.random.RandomState, name: str, last: str,
              shape: Tuple[int, ...], sparse: bool) -> np.ndarray:
    if len(shape) == 1 and last == 'running_var':
        return 0.5 + rng.random_sample(shape)
    if len(shape) == 1 and last == 'weight':
        value = 0.5 + 0.5 * rng.random_sample(shape)
        return 0.1 * value if name.endswith('bn3.weight') else value
    if len(shape) == 1:
        return 0.1 * rng.standard_normal(shape)
    fan_in = int(np.prod(shape[1:]))
    if not sparse:
        return rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)
    count = min(8, fan_in)
    value = np.zeros((shape[0], fan_in))
    for row in value:
        inputs = rng.choice(fan_in, count, replace=False)
        row[inputs] = rng.standard_normal(count) * 4.0 * np.sqrt(2.0 / count)
    return value.reshape(shape)
