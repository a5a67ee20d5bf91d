# Copyright (c) mmhoi contributors.
"""Whether weights and models belong together."""
import re
from typing import Any, Dict, Mapping, Optional, Tuple

from torch import Tensor, nn

from mmhoi.utils.listing import shortened
from .errors import CheckpointMismatchError
from .official.identify import find_family
from .official.renaming import COUNTER

Shapes = Mapping[str, Tuple[int, ...]]

_TOWER = 'clip_visual.visual.'
_PATCHES = _TOWER + 'conv1.weight'


def weight_shapes(state_dict: Mapping[str, Any]) -> Dict[str, Tuple[int, ...]]:
    """Shapes of the weights that a model and its checkpoints must share.

    Args:
        state_dict (dict): Of a model, or from a checkpoint.

    Returns:
        dict[str, tuple]: For each name, without BatchNorm's step counters,
        which are single numbers and may be missing.

    Examples:
        >>> weight_shapes(nn.Linear(3, 2).state_dict())
        {'weight': (2, 3), 'bias': (2,)}
    """
    return {
        name: tuple(value.shape)
        for name, value in state_dict.items() if hasattr(value, 'shape')
        and not (name.endswith(COUNTER) and tuple(value.shape) == ())
    }


def describe_mismatch(model: Shapes,
                      checkpoint: Shapes,
                      partly: bool = False,
                      limit: int = 5) -> Optional[str]:
    """Say in a line how two sets of weights differ.

    Args:
        model (dict[str, tuple]): Name and shape of the model's weights.
        checkpoint (dict[str, tuple]): The same of the checkpoint.
        partly (bool): Whether weights may be missing. Defaults to False.
        limit (int): Most names to list of each kind. Defaults to 5.

    Returns:
        str | None: All kinds of difference, None if there is none.

    Examples:
        >>> print(describe_mismatch({'a': (2, ), 'b': (3, )},
        ...                         {'a': (4, ), 'c': (1, )}))
        1 of 2 weights missing in the checkpoint: b; 1 unknown to the model: \
c; 1 of another shape: a (4,) instead of (2,)
    """
    missing = [name for name in model if name not in checkpoint]
    unknown = [name for name in checkpoint if name not in model]
    reshaped = [
        f'{name} {tuple(checkpoint[name])} instead of {tuple(model[name])}'
        for name in model
        if name in checkpoint and tuple(checkpoint[name]) != tuple(model[name])
    ]
    kinds = ((f'{len(missing)} of {len(model)} weights missing in the '
              'checkpoint', [] if partly else missing),
             (f'{len(unknown)} unknown to the model',
              unknown), (f'{len(reshaped)} of another shape', reshaped))
    return '; '.join(f'{text}: {shortened(names, limit)}'
                     for text, names in kinds if names) or None


def check_fits(model: nn.Module, checkpoint: Dict[str, Any]) -> None:
    """Make sure that a checkpoint has exactly the weights of a model.

    Args:
        model (nn.Module): The model. What it names as its `optional_weights`
            may be missing as a whole. If processes share its weights, its
            `whole_shapes` are those of the checkpoint.
        checkpoint (dict): As of `read_checkpoint`.

    Raises:
        CheckpointMismatchError: If names or shapes of weights differ. It lists
            some of them. Whether rows are of the same classes is asked by
            `check_same_classes`.
    """
    given = weight_shapes(checkpoint['state_dict'])
    wanted = getattr(model, 'whole_shapes', None)
    if wanted is None:
        wanted = weight_shapes(model.state_dict())
    for start in getattr(model, 'optional_weights', ()):
        if not any(name.startswith(start) for name in given):
            wanted = {
                name: shape
                for name, shape in wanted.items() if not name.startswith(start)
            }
    report = describe_mismatch(wanted, given)
    if report is not None:
        if find_family(wanted) is None:
            check_not_official(checkpoint['state_dict'])
        raise CheckpointMismatchError(
            'the checkpoint does not fit the model of the config: '
            f'{report}. {_origin(checkpoint)}')


def check_not_official(state_dict: Mapping[str, Any]) -> None:
    """Refuse weights with the parameter names of another implementation.

    Args:
        state_dict (dict): Weights that do not fit a model.

    Raises:
        CheckpointMismatchError: If a family of checkpoints is recognised. It
            names the command that converts them.
    """
    family = find_family(state_dict)
    if family is not None:
        raise CheckpointMismatchError(
            f'this looks like {family.title}: turn it into one of mmhoi with '
            f'tools/model_converters/convert.py --from {family.name}')


def check_clip(state_dict: Mapping[str, Tensor], expected: Shapes,
               model_name: str) -> None:
    """Refuse the visual tower of another CLIP model.

    Args:
        state_dict (dict[str, Tensor]): Weights of our model. Without a tower
            nothing is checked.
        expected (dict[str, tuple]): Shapes of the model.
        model_name (str): The CLIP model of the config, for the message.

    Raises:
        CheckpointMismatchError: If patch size, width or number of layers
            differ.
    """
    if _PATCHES not in state_dict:
        return
    found = _tower_size({n: v.shape for n, v in state_dict.items()})
    wanted = _tower_size(expected)
    if found != wanted:
        raise CheckpointMismatchError(
            f'the CLIP of the checkpoint has {found}, but "{model_name}" of '
            f'the config has {wanted}; choose a config with the same CLIP, or '
            'correct `model.clip.model_name`')


def _origin(checkpoint: Dict[str, Any]) -> str:
    """Where the checkpoint comes from and what to do about it."""
    name = checkpoint['meta'].get('experiment_name')
    if name is None:
        return ('It does not say which run has written it: use the config of '
                'that run.')
    meta = checkpoint['meta'].get('dataset_meta') or {}
    num_hois = len(meta.get('hoi_classes', ()))
    return (f'It was written by the run "{name}" on {num_hois} HOI '
            'classes: use the config of that run, which lies beside it.')


def _tower_size(shapes: Shapes) -> str:
    width, _, side, _ = shapes[_PATCHES]
    layers = {
        found[1]
        for found in (re.match(
            re.escape(_TOWER) + r'transformer\.resblocks\.(\d+)\.', name)
                      for name in shapes) if found
    }
    return f'patches of {side} pixels, width {width}, {len(layers)} layers'
