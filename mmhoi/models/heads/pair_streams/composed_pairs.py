# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional

import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace


class ComposedPairs(NamedTuple):
    """Training pairs that no image shows: M of them, C channels, H HOIs.

    Attributes:
        union (Tensor): Verb features, shape (M, C).
        obj (Tensor): Object features, shape (M, C).
        labels (Tensor): 0 or 1, shape (M, H).
        logit_weights (Tensor, optional): What logits are multiplied by before
            the loss, shape (H, ).
        loss_weights (Tensor, optional): What losses are multiplied by, shape
            (H, ).
    """
    union: Tensor
    obj: Tensor
    labels: Tensor
    logit_weights: Optional[Tensor] = None
    loss_weights: Optional[Tensor] = None


class HOITables:
    """Which verb and which object each HOI of a label space has.

    Symbols: H HOIs, V verbs, O objects.

    Args:
        label_space (LabelSpace): The label space.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> space = load_label_space('hico_det')
        >>> labels = torch.eye(600)[
        ...     [space.hois.index(x) for x in ('board bus', 'ride bicycle')]]
        >>> new = HOITables(space).composed(labels[:1], labels[1:])
        >>> [space.hois[i] for i in new[0].nonzero().flatten()]
        ['ride bus']
    """

    def __init__(self, label_space: LabelSpace) -> None:
        hois = torch.arange(len(label_space.hoi_verbs))
        self.has_verb = torch.zeros(len(hois), len(label_space.verbs))
        self.has_verb[hois, torch.from_numpy(label_space.hoi_verbs)] = 1
        # One more column: no object.
        self.has_object = torch.zeros(len(hois), len(label_space.objects) + 1)
        self.has_object[hois, torch.from_numpy(label_space.hoi_objects)] = 1

    def verbs(self, hoi_labels: Tensor) -> Tensor:
        """Verbs of HOIs.

        Args:
            hoi_labels (Tensor): 0 or 1, shape (M, H).

        Returns:
            Tensor: 0 or 1, shape (M, V).
        """
        return (hoi_labels @ self.has_verb.to(hoi_labels)).clamp(max=1)

    def composed(self, obj_labels: Tensor, verb_labels: Tensor) -> Tensor:
        """HOIs with an object of the one pair and a verb of the other.

        Args:
            obj_labels (Tensor): HOIs of the pair that gives the object, 0 or
                1, shape (M, H).
            verb_labels (Tensor): HOIs of the pair that gives the verb.

        Returns:
            Tensor: 0 or 1, shape (M, H); nothing is 1 if no such HOI exists.
        """
        has_verb = self.has_verb.to(obj_labels)
        has_object = self.has_object.to(obj_labels)
        fits_object = obj_labels @ has_object @ has_object.T > 0
        fits_verb = verb_labels @ has_verb @ has_verb.T > 0
        return (fits_object & fits_verb).to(obj_labels)


class ImageRows(NamedTuple):
    """What an image gives to compositions.

    Symbols: R pairs that the scored stream sees, N boxes, C channels, H HOIs.

    Attributes:
        union (Tensor): Verb features of the pairs, shape (R, C).
        obj (Tensor): Object features of the pairs, shape (R, C).
        labels (Tensor): HOIs of the pairs, 0 or 1, shape (R, H).
        box_obj (Tensor): Object features of the boxes, shape (N, C).
        box_labels (Tensor): Object classes of the boxes, int64, shape (N, ).
        objects_only (bool): Whether nobody has looked for interactions.
    """
    union: Tensor
    obj: Tensor
    labels: Tensor
    box_obj: Tensor
    box_labels: Tensor
    objects_only: bool = False


def possible(union: Tensor,
             obj: Tensor,
             labels: Tensor,
             logit_weights: Optional[Tensor] = None) -> ComposedPairs:
    """Compositions without those that are no HOI.

    Args:
        union (Tensor): Verb features, shape (M, C).
        obj (Tensor): Object features, shape (M, C).
        labels (Tensor): HOIs, 0 or 1, shape (M, H).
        logit_weights (Tensor, optional): As of `ComposedPairs`.

    Returns:
        ComposedPairs: Those with a label.
    """
    exist = labels.any(1)
    return ComposedPairs(union[exist], obj[exist], labels[exist],
                         logit_weights)
