# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Sequence, Union

import numpy as np
import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace, LabelSpaceSource, load_label_space
from mmhoi.label_spaces.vcoco_roles import PAPER_VERBS
from .object_scores import ANY_OBJECT

VERB_SETS = ('all', 'evaluated')


class VerbClasses(NamedTuple):
    """The verbs that a head classifies, and what they go with.

    Symbols: V verbs of the head, O objects, H HOIs of the label space.

    Attributes:
        label_space (LabelSpace): Names and tables.
        verb_ids (Tensor): Ids of the V verbs in it, int64, shape (V, ).
        exists (Tensor): Whether the label space has an HOI of object and
            verb, bool, shape (O, V).
        hoi_columns (Tensor): Which of the V verbs each HOI has; V if none of
            them, int64, shape (H, ).
        hoi_objects (Tensor): Object of each HOI, int64, shape (H, ).
        hoi_verbs (Tensor): Id of the verb of each HOI, int64, shape (H, ).
    """
    label_space: LabelSpace
    verb_ids: Tensor
    exists: Tensor
    hoi_columns: Tensor
    hoi_objects: Tensor
    hoi_verbs: Tensor


def load_verb_classes(label_space: LabelSpaceSource,
                      verbs: Union[str, Sequence[int]] = 'all') -> VerbClasses:
    """Look up the verb classes of a config.

    Args:
        label_space (str | dict): See `load_label_space`.
        verbs (str | Sequence[int]): `all`, `evaluated` (those that the
            benchmark counts: 24 of V-COCO's 29, as UPT has it), or ids.
            Defaults to `all`.

    Returns:
        VerbClasses: The classes.

    Raises:
        ValueError: If the label space or a verb is unknown.

    Examples:
        >>> classes = load_verb_classes('vcoco', 'evaluated')
        >>> classes.exists.shape, int((classes.hoi_columns == 24).sum())
        (torch.Size([80, 24]), 21)
    """
    space = load_label_space(label_space)
    num_verbs, num_objects = len(space.verbs), len(space.objects)
    if isinstance(verbs, str) and verbs not in VERB_SETS:
        raise ValueError(f'verbs="{verbs}" of the interaction head; allowed: '
                         f'{", ".join(VERB_SETS)}, or a list of verb ids')
    ids = verbs
    if isinstance(verbs, str):
        some = verbs == 'evaluated' and space.name == 'vcoco'
        ids = PAPER_VERBS.tolist() if some else range(num_verbs)
    unknown = [verb for verb in ids if not 0 <= verb < num_verbs]
    if unknown or len(set(ids)) < len(ids) or not ids:
        raise ValueError(
            f'verbs={list(ids)} of the interaction head: ids must be unique, '
            f'and 0 to {num_verbs - 1} in the label space {space.name}')
    # NumPy knows no default device, on which tensors may have no values.
    columns = np.full(num_verbs, len(ids))
    columns[list(ids)] = np.arange(len(ids))
    hoi_columns = columns[space.hoi_verbs]
    # One more column for other verbs.
    exists = np.zeros((num_objects, len(ids) + 1), bool)
    for objects, column in zip(space.hoi_objects, hoi_columns):
        if objects == ANY_OBJECT:
            exists[:, column] = True
        elif objects < num_objects:
            exists[objects, column] = True
    return VerbClasses(space, torch.tensor(list(ids)),
                       torch.tensor(exists[:, :-1]), torch.tensor(hoi_columns),
                       torch.tensor(space.hoi_objects),
                       torch.tensor(space.hoi_verbs))
