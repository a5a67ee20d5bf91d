# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Sequence, Tuple

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import nn

from mmhoi.registry import HOOKS
from .class_check_hook import describe_difference

Shapes = Dict[str, Tuple[int, ...]]


class CheckpointMismatchError(ValueError):
    """A checkpoint that does not belong to the model."""


def describe_mismatch(model: Shapes,
                      checkpoint: Shapes,
                      limit: int = 10) -> Optional[str]:
    """Say in a few lines how two sets of weights differ.

    Args:
        model (dict[str, tuple]): Name and shape of the model's weights.
        checkpoint (dict[str, tuple]): The same of the checkpoint.
        limit (int): Most names to list of each kind. Defaults to 10.

    Returns:
        str | None: One paragraph for each kind of difference, None if there
        is none.

    Examples:
        >>> print(describe_mismatch({'a': (2, ), 'b': (3, )},
        ...                         {'a': (4, ), 'c': (1, )}))
        1 of 2 weights are missing in the checkpoint: b
        1 weights are unknown to the model: c
        1 weights have another shape: a (4,) instead of (2,)
    """
    missing = [name for name in model if name not in checkpoint]
    unknown = [name for name in checkpoint if name not in model]
    reshaped = [
        f'{name} {checkpoint[name]} instead of {model[name]}' for name in model
        if name in checkpoint and checkpoint[name] != model[name]
    ]
    kinds = ((f'{len(missing)} of {len(model)} weights are missing in the '
              'checkpoint', missing),
             (f'{len(unknown)} weights are unknown to the model', unknown),
             (f'{len(reshaped)} weights have another shape', reshaped))
    lines = [
        f'{text}: {_shorten(names, limit)}' for text, names in kinds if names
    ]
    return '\n'.join(lines) or None


def _shorten(names: List[str], limit: int) -> str:
    rest = len(names) - limit
    text = ', '.join(names[:limit])
    return f'{text} and {rest} more' if rest > 0 else text


def weight_shapes(state_dict: dict) -> Shapes:
    """Shapes of the weights that a model and its checkpoints must share.

    Args:
        state_dict (dict): Of a model, or from a checkpoint.

    Returns:
        dict[str, tuple]: For each name, without BatchNorm's step counters.

    Examples:
        >>> weight_shapes(nn.Linear(3, 2).state_dict())
        {'weight': (2, 3), 'bias': (2,)}
    """
    return {
        name[len('module.'):] if name.startswith('module.') else name:
        tuple(value.shape)
        for name, value in state_dict.items()
        if hasattr(value, 'shape') and 'num_batches_tracked' not in name
    }


def check_fits(model: nn.Module, checkpoint: dict) -> None:
    """Make sure that a checkpoint has exactly the weights of a model.

    Args:
        model (nn.Module): The model. What it names as its `optional_weights`
            may be missing as a whole. If processes share its weights, its
            `whole_shapes` are those of the checkpoint.
        checkpoint (dict): The checkpoint as read from its file.

    Raises:
        CheckpointMismatchError: If names or shapes of weights or names of HOI
            classes differ. It lists some of them.
    """
    given = weight_shapes(checkpoint.get('state_dict', checkpoint))
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
        raise CheckpointMismatchError(
            'the checkpoint does not fit the model of the config.\n'
            f'{report}\n{_origin(checkpoint)}')
    for module in model.modules():
        report = describe_difference(module, _hoi_classes(checkpoint))
        if report is not None:
            raise CheckpointMismatchError(
                'the model of the config and the checkpoint have other HOI '
                f'classes: {report}.\n{_origin(checkpoint)} If a class file '
                'was changed since then, restore it.')


def _hoi_classes(checkpoint: dict) -> Sequence[str]:
    """Names of the HOIs that a checkpoint was written for, if it tells."""
    meta = checkpoint.get('meta') or {}
    return (meta.get('dataset_meta') or {}).get('hoi_classes', ())


def _origin(checkpoint: dict) -> str:
    """Where the checkpoint comes from and what to do about it."""
    meta = checkpoint.get('meta', {})
    if 'state_dict' not in checkpoint:
        return ('It was not written by mmhoi: convert it with a script of '
                'tools/model_converters first.')
    name = meta.get('experiment_name', 'unknown')
    num_hois = len(_hoi_classes(checkpoint))
    return (f'It was written by the run "{name}" on {num_hois} HOI '
            'classes: use the config of that run, which lies beside it.')


@HOOKS.register_module()
class CheckpointCheckHook(Hook):
    """Refuses a checkpoint whose weights are not exactly the model's.

    mmengine only warns about missing or unknown weights, so that training can
    start from parts of another model. tools/test.py and `tools/train.py
    --resume` register this hook, because there it can only be a mistake.
    What a model names as its `optional_weights` may be missing as a whole.
    """

    # Before ClassCheckHook, which takes weights out of a checkpoint.
    priority = 'HIGH'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Compare the weights before they reach the model.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint as read from its file.

        Raises:
            CheckpointMismatchError: If names or shapes differ. It lists some
                of them.
        """
        model = runner.model
        check_fits(
            model.module if is_model_wrapper(model) else model, checkpoint)
