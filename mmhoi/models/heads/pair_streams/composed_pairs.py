# Copyright (c) mmhoi contributors.
from typing import List, NamedTuple, Optional, Sequence

import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace
from .pair_rows import PairRows


class ImageRows(NamedTuple):
    """What an image gives to compositions.

    Symbols: R pairs that the scored stream sees, N boxes, C channels, H HOIs.

    Attributes:
        rows (PairRows): The R pairs.
        labels (Tensor): Their HOIs, 0 or 1, shape (R, H).
        box_obj (Tensor): Object features of the boxes, shape (N, C).
        boxes (Tensor): xyxy in pixels of the input image, shape (N, 4).
        box_labels (Tensor): Object classes of the boxes, int64, shape (N, ).
        objects_only (bool): Whether nobody has looked for interactions.
    """
    rows: PairRows
    labels: Tensor
    box_obj: Tensor
    boxes: Tensor
    box_labels: Tensor
    objects_only: bool = False


class ComposedPairs(NamedTuple):
    """Training pairs that no image shows: M of them, H HOIs.

    Attributes:
        rows (PairRows): The pairs.
        labels (Tensor): Their HOIs, 0 or 1, shape (M, H).
        logit_weights (Tensor, optional): What logits are multiplied by before
            the loss, shape (H, ).
        loss_weights (Tensor, optional): What losses are multiplied by, shape
            (H, ).
    """
    rows: PairRows
    labels: Tensor
    logit_weights: Optional[Tensor] = None
    loss_weights: Optional[Tensor] = None

    def that_exist(self) -> 'ComposedPairs':
        """Those that are an HOI."""
        exist = self.labels.any(1)
        return self._replace(
            rows=self.rows.at(exist), labels=self.labels[exist])


def joined(images: Sequence[ImageRows]) -> ComposedPairs:
    """The pairs of some images, image by image.

    Args:
        images (Sequence[ImageRows]): One image or more.

    Returns:
        ComposedPairs: All of their pairs.
    """
    return ComposedPairs(
        PairRows.joined([image.rows for image in images]),
        torch.cat([image.labels for image in images]))


def all_composed(parts: List[ComposedPairs],
                 images: Sequence[ImageRows]) -> ComposedPairs:
    """Compositions of several groups of images.

    Args:
        parts (list[ComposedPairs]): Of each group; there may be none.
        images (Sequence[ImageRows]): All images of the batch.

    Returns:
        ComposedPairs: Those that are an HOI.
    """
    if not parts:
        nothing = torch.zeros(0, dtype=torch.long)
        one = joined(images[:1])
        parts = [ComposedPairs(one.rows.at(nothing), one.labels[nothing])]
    return ComposedPairs(
        PairRows.joined([part.rows for part in parts]),
        torch.cat([part.labels for part in parts])).that_exist()


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

    def of_verbs(self, hoi_labels: Tensor) -> Tensor:
        """HOIs with a verb of these HOIs, and any object.

        Args:
            hoi_labels (Tensor): 0 or 1, shape (M, H).

        Returns:
            Tensor: 0 or 1, shape (M, H).
        """
        return self.verbs(hoi_labels) @ self.has_verb.to(hoi_labels).T

    def of_objects(self, obj_labels: Tensor) -> Tensor:
        """HOIs with an object, and any verb.

        Args:
            obj_labels (Tensor): Object classes, int64, shape (M, ).

        Returns:
            Tensor: 0 or 1, shape (M, H).
        """
        return self.has_object.to(obj_labels.device).T[obj_labels]

    def composed(self, obj_labels: Tensor, verb_labels: Tensor) -> Tensor:
        """HOIs with an object of the one pair and a verb of the other.

        Args:
            obj_labels (Tensor): HOIs of the pair that gives the object, 0 or
                1, shape (M, H).
            verb_labels (Tensor): HOIs of the pair that gives the verb.

        Returns:
            Tensor: 0 or 1, shape (M, H); nothing is 1 if no such HOI exists.
        """
        has_object = self.has_object.to(obj_labels)
        objects = (obj_labels @ has_object).clamp(max=1)
        return objects @ has_object.T * self.of_verbs(verb_labels)
