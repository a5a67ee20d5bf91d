# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional

import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace, LabelSpaceSource, load_label_space


class ClassSet(NamedTuple):
    """The classes that a head is built for: all that its parts need to know.

    Attributes:
        label_space (LabelSpace): Names, tables and prompts.
        zero_shot_split (str, optional): Split whose unseen HOIs are no
            classes in training; None if training sees all.
        train_ids (Tensor, optional): Ids of the T HOIs that training sees,
            int64, shape (T, ); None for all.
    """
    label_space: LabelSpace
    zero_shot_split: Optional[str] = None
    train_ids: Optional[Tensor] = None


def load_class_set(label_space: LabelSpaceSource,
                   zero_shot_split: Optional[str] = None) -> ClassSet:
    """Look up the classes of a config.

    Args:
        label_space (str | dict): See `load_label_space`.
        zero_shot_split (str, optional): Name of a split. Defaults to None.

    Returns:
        ClassSet: The classes.

    Raises:
        ValueError: If the label space or the split is unknown.

    Examples:
        >>> len(load_class_set('hico_det', 'uv').train_ids)
        516
    """
    space = load_label_space(label_space)
    train_ids = None
    if zero_shot_split is not None:
        train_ids = torch.from_numpy(space.seen_hois(zero_shot_split))
    return ClassSet(space, zero_shot_split, train_ids)
