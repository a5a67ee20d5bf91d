# Copyright (c) mmhoi contributors.
from typing import List, NamedTuple, Sequence, Union

import torch
from torch import Tensor

from mmhoi.structures import PairProposals
from ...instance_features import PairCrops


class PairRows(NamedTuple):
    """Pairs of any images, one row each: M pairs, C channels.

    Attributes:
        sub (Tensor): What the human's box shows, shape (M, C).
        obj (Tensor): What the object's box shows, shape (M, C).
        union (Tensor): What the box around both shows, shape (M, C); (M, 0) if
            nobody has looked.
        sub_boxes (Tensor): xyxy in pixels of the input image, shape (M, 4).
        obj_boxes (Tensor): Likewise.
        obj_labels (Tensor): Object class, int64, shape (M, ).
        img_sizes (Tensor): Height and width of the image, shape (M, 2).
    """
    sub: Tensor
    obj: Tensor
    union: Tensor
    sub_boxes: Tensor
    obj_boxes: Tensor
    obj_labels: Tensor
    img_sizes: Tensor

    def at(self, index: Tensor) -> 'PairRows':
        """Some of the rows.

        Args:
            index (Tensor): Of the rows, int64 or bool.

        Returns:
            PairRows: Those rows.
        """
        return PairRows(*(table[index] for table in self))

    def split(self, sizes: Sequence[int]) -> List['PairRows']:
        """Parts of the rows, such as those of each image.

        Args:
            sizes (Sequence[int]): How many rows each part has.

        Returns:
            list[PairRows]: The parts.
        """
        return [
            PairRows(*part)
            for part in zip(*(table.split(sizes) for table in self))
        ]

    @classmethod
    def joined(cls, parts: Sequence['PairRows']) -> 'PairRows':
        """The rows of several tables, one after the other.

        Args:
            parts (Sequence[PairRows]): At least one.

        Returns:
            PairRows: All rows.
        """
        return cls(*map(torch.cat, zip(*parts)))


def pair_rows(tokens: Sequence[Union[PairCrops, Tensor]],
              proposals: List[PairProposals], img_sizes: Tensor) -> PairRows:
    """All pairs of a batch, image by image.

    Args:
        tokens (Sequence[PairCrops | Tensor]): What the boxes of each image
            show: of humans, objects and pairs, or of boxes alone, (N, C).
        proposals (list[PairProposals]): Boxes and pairs of each image.
        img_sizes (Tensor): Height and width of each image, shape (B, 2).

    Returns:
        PairRows: The pairs.
    """
    return PairRows.joined([
        PairRows(seen.sub[image.sub_inds], seen.obj[image.obj_inds],
                 seen.union, image.boxes[image.sub_inds],
                 image.boxes[image.obj_inds], image.labels[image.obj_inds],
                 size.expand(image.num_pairs, 2)) for seen, image, size in zip(
                     map(pair_crops, tokens, proposals), proposals, img_sizes)
    ])


def pair_crops(tokens: Union[PairCrops, Tensor],
               proposals: PairProposals) -> PairCrops:
    """What one image shows, with an empty union if there is none.

    Args:
        tokens (PairCrops | Tensor): See :func:`pair_rows`.
        proposals (PairProposals): M pairs.

    Returns:
        PairCrops: The crops.
    """
    if isinstance(tokens, PairCrops):
        return tokens
    return PairCrops(tokens, tokens, tokens.new_zeros(proposals.num_pairs, 0))
