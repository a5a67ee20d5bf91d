# Copyright (c) mmhoi contributors.
"""What the classes of a data set look like on average."""
from typing import Dict, Tuple

import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace


def annotation_features(subs: Tensor,
                        objs: Tensor,
                        published: bool = False) -> Tuple[Tensor, Tensor]:
    """Features of human and object of each annotation of an image.

    ConsNet's published graph was made with a slip: all humans of an image
    stand before all objects, and the object of annotation i of n was read from
    row n // 2 + i instead of n + i, so that about half of the objects are
    humans.

    Args:
        subs (Tensor): Features of the humans, shape (n, C).
        objs (Tensor): Features of the objects, shape (n, C).
        published (bool): Whether to read objects as there. Defaults to False.

    Returns:
        tuple[Tensor, Tensor]: Of humans and objects, shapes (n, C).

    Examples:
        >>> subs, objs = torch.tensor([[1.], [2.]]), torch.tensor([[3.], [4.]])
        >>> annotation_features(subs, objs, published=True)[1].flatten()
        tensor([2., 3.])
    """
    if published:
        start = len(subs) // 2
        objs = torch.cat([subs, objs])[start:start + len(subs)]
    return subs, objs


class ClassMeans:
    """Mean features of HOIs, verbs and objects over annotations.

    A verb looks like its human, an object like its object, an HOI like the
    mean of both.

    Args:
        label_space (LabelSpace): The classes.
    """

    def __init__(self, label_space: LabelSpace) -> None:
        verbs = torch.from_numpy(label_space.hoi_verbs)
        objects = torch.from_numpy(label_space.hoi_objects)
        self.num_objects = len(label_space.objects)
        # By kind: class of each HOI, and number of classes. The last object
        # stands for none, or any.
        self.classes = dict(
            hoi=(torch.arange(len(verbs)), len(verbs)),
            verb=(verbs, len(label_space.verbs)),
            object=(objects % (self.num_objects + 1), self.num_objects + 1))
        self.sums: Dict[str, Tensor] = {}
        self.counts = {
            kind: torch.zeros(size)
            for kind, (_, size) in self.classes.items()
        }

    def add(self, subs: Tensor, objs: Tensor, hois: Tensor) -> None:
        """Add the annotations of an image.

        Args:
            subs (Tensor): Features of the humans, shape (n, C).
            objs (Tensor): Features of the objects, shape (n, C).
            hois (Tensor): HOI of each annotation, int64, shape (n, ).
        """
        looks = dict(hoi=(subs + objs) / 2, verb=subs, object=objs)
        for kind, (table, size) in self.classes.items():
            if kind not in self.sums:
                self.sums[kind] = torch.zeros(size, subs.shape[1])
            self.sums[kind].index_add_(0, table[hois], looks[kind].float())
            self.counts[kind] += table[hois].bincount(minlength=size)

    def means(self) -> Dict[str, Tuple[Tensor, Tensor]]:
        """The means.

        Returns:
            dict: By kind the means (classes, C), 0 without any annotation, and
            whether there was one, bool (classes, ).
        """
        return {
            kind: (self.sums[kind][:size] /
                   self.counts[kind][:size, None].clamp(min=1),
                   self.counts[kind][:size] > 0)
            for kind, size in (('hoi', None), ('verb', None),
                               ('object', self.num_objects))
            if kind in self.sums
        }
