# Copyright (c) mmhoi contributors.
"""Whether weights fit a model."""
import re
from typing import Dict, Sequence

import torch
from torch import Tensor

_TOWER = 'clip_visual.visual.'
_PATCHES = _TOWER + 'conv1.weight'


def check_clip(state_dict: Dict[str, Tensor], expected: Dict[str, torch.Size],
               model_name: str) -> None:
    """Refuse the visual tower of another CLIP model.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model. Without a tower
            nothing is checked.
        expected (dict[str, torch.Size]): Shapes of the model.
        model_name (str): The CLIP model of the config, for the message.

    Raises:
        ValueError: If patch size, width or number of layers differ.
    """
    if _PATCHES not in state_dict:
        return
    found = _tower_size({n: v.shape for n, v in state_dict.items()})
    wanted = _tower_size(expected)
    if found != wanted:
        raise ValueError(
            f'the CLIP of the checkpoint has {found}, but "{model_name}" of '
            f'the config has {wanted}; choose a config with the same CLIP, or '
            'correct `model.clip.model_name`')


def check_fit(state_dict: Dict[str, Tensor],
              expected: Dict[str, torch.Size],
              partly: bool = False) -> None:
    """Refuse weights whose names or shapes are not the model's.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model.
        expected (dict[str, torch.Size]): Shapes of the model.
        partly (bool): Whether weights may be missing. Defaults to False.

    Raises:
        ValueError: If they do not fit.
    """
    problems = [
        f'{name} {tuple(value.shape)} instead of {tuple(expected[name])}'
        for name, value in state_dict.items()
        if name in expected and value.shape != expected[name]
    ]
    problems += _listed('unknown',
                        [n for n in state_dict if n not in expected])
    if not partly:
        problems += _listed('missing',
                            [n for n in expected if n not in state_dict])
    if problems:
        more = f' and {len(problems) - 5} more' if len(problems) > 5 else ''
        raise ValueError(
            f'the weights do not fit the config: {"; ".join(problems[:5])}'
            f'{more}. Choose the config of this model (its depth, widths, '
            'number of layers and queries) with --config')


def _listed(what: str, names: Sequence[str]) -> Sequence[str]:
    return [f'{name} is {what}' for name in names]


def _tower_size(shapes: Dict[str, torch.Size]) -> str:
    width, _, side, _ = shapes[_PATCHES]
    layers = {
        found[1]
        for found in (re.match(
            re.escape(_TOWER) + r'transformer\.resblocks\.(\d+)\.', name)
                      for name in shapes) if found
    }
    return f'patches of {side} pixels, width {width}, {len(layers)} layers'
