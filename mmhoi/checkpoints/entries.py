# Copyright (c) mmhoi contributors.
"""Of which type the entries of a checkpoint are that we know."""
from pathlib import Path
from typing import Any, Dict, Union

from torch import Tensor

from mmhoi.utils.kinds import LISTS, wrong_kind
from .errors import CheckpointError

#: What an official checkpoint holds beside the weights of our model.
EXTRAS = 'official_extras'
_TEXTS = ('classes', 'CLASSES', 'verb_classes', 'hoi_classes')
_NUMBERS = ('hoi_to_verb', 'hoi_to_object')
_KINDS = {
    'meta': dict,
    'meta.cfg': str,
    'meta.epoch': int,
    'meta.iter': int,
    'meta.time': str,
    'meta.experiment_name': str,
    'meta.dataset_meta': dict,
    **{
        f'meta.dataset_meta.{key}': LISTS
        for key in (*_TEXTS, *_NUMBERS)
    },
    **{
        f'meta.dataset_meta.{key}.*': str
        for key in _TEXTS
    },
    **{
        f'meta.dataset_meta.{key}.*': int
        for key in _NUMBERS
    },
    'message_hub': dict,
    'message_hub.log_scalars': dict,
    'message_hub.runtime_info': dict,
    'optimizer': dict,
    'param_schedulers': (*LISTS, dict),
    EXTRAS: dict,
    f'{EXTRAS}.tensors': dict,
    f'{EXTRAS}.tensors.*': Tensor,
    f'{EXTRAS}.dtypes': dict,
    f'{EXTRAS}.dtypes.*': str,
    f'{EXTRAS}.names': LISTS,
    f'{EXTRAS}.names.*': str,
}


def check_entries(checkpoint: Dict[str, Any], source: Union[str,
                                                            Path]) -> None:
    """Refuse a checkpoint with an entry of another type than it must have.

    So whoever uses an entry need not ask.

    Args:
        checkpoint (dict): What a file holds beside its weights.
        source (str | Path): Where from, for the message.

    Raises:
        CheckpointError: If an entry is of a wrong type.
    """
    problem = wrong_kind(checkpoint, _KINDS)
    if problem is not None:
        raise CheckpointError(f'{source} is damaged, or of another program: '
                              f'{problem}; fetch it again')
