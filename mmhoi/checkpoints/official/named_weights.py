# Copyright (c) mmhoi contributors.
"""Weights of which some may be missing, and then are named."""
from typing import Any, Dict, Mapping

from torch import Tensor

from ..errors import CheckpointMismatchError


class NamedWeights(Dict[str, Tensor]):
    """A state dict whose error of a missing weight is a message."""

    def __missing__(self, name: str) -> Tensor:
        raise CheckpointMismatchError(
            f'the checkpoint has no weight "{name}": it is not whole, or of '
            'another model')

    def pop(self, name: str, *default: Any) -> Any:
        """As of a dict."""
        return super().pop(name, *default) if name in self or default \
            else self[name]


def num_rows(state_dict: Mapping[str, Tensor], name: str) -> int:
    """Length of a weight that has a row for each class.

    Args:
        state_dict (dict[str, Tensor]): Weights.
        name (str): Its name.

    Returns:
        int: The number of rows.

    Raises:
        CheckpointMismatchError: If it is missing, or a single number.
    """
    weight = NamedWeights(state_dict)[name]
    if weight.ndim == 0:
        raise CheckpointMismatchError(
            f'the weight "{name}" of the checkpoint is a single number, '
            'instead of one for each class')
    return len(weight)
