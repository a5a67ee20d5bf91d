# Copyright (c) mmhoi contributors.
"""Weights as a function of (seed, name, shape), so that none are stored.

The golden files were made with official models filled by this rule; see
`tests/data/README.md`.
"""
import zlib
from typing import Optional, Tuple

import numpy as np

# Filled from text embeddings or left at their initial value.
NOT_FILLED = ('visual_projection.weight', 'obj_visual_projection.weight',
              'verb_projection.weight')


def recipe_weight(seed: int, name: str,
                  shape: Tuple[int, ...]) -> Optional[np.ndarray]:
    """Value of the official parameter `name`, None if the rule has none."""
    if name.endswith('logit_scale') or name in NOT_FILLED:
        return None
    rng = np.random.RandomState(zlib.crc32(f'{seed}/{name}'.encode()))
    last = name.rsplit('.', 1)[-1]
    normal = rng.standard_normal
    if name.startswith('backbone.0.body.'):
        value = _backbone(rng, name, last, shape)
    elif name.startswith('query_embed_'):
        value = 3.0 * normal(shape)
    elif name.endswith('guided_embedd.weight'):
        value = rng.random_sample(shape)
    elif last in ('positional_embedding', 'class_embedding'):
        value = 0.3 * normal(shape)
    elif last == 'proj':
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
              shape: Tuple[int, ...]) -> np.ndarray:
    if len(shape) == 1 and last == 'running_var':
        return 0.5 + rng.random_sample(shape)
    if len(shape) == 1 and last == 'weight':
        value = 0.5 + 0.5 * rng.random_sample(shape)
        return 0.1 * value if name.endswith('bn3.weight') else value
    if len(shape) == 1:
        return 0.1 * rng.standard_normal(shape)
    fan_in = int(np.prod(shape[1:]))
    count = min(8, fan_in)
    value = np.zeros((shape[0], fan_in))
    for row in value:
        inputs = rng.choice(fan_in, count, replace=False)
        row[inputs] = rng.standard_normal(count) * 4.0 * np.sqrt(2.0 / count)
    return value.reshape(shape)
