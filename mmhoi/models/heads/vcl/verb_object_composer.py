# Copyright (c) mmhoi contributors.
from typing import List, Optional, Tuple

import torch
from mmdet.utils import OptConfigType
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import MODELS, TASK_UTILS
from ..pair_streams import (ComposedPairs, HOITables, ImageRows, all_composed,
                            joined)

MODES = ('def1', 'def2', 'def4', 'all')


@MODELS.register_module()
class VerbObjectComposer(nn.Module):
    """New interactions of the verbs and the objects of two images.

    Verb features of one image meet object features of the other, and the
    result is labelled with the HOIs that have such an object and such a verb;
    what is no HOI is dropped. VCL (https://arxiv.org/abs/2007.12407), section
    3.3. The images of a batch are taken two by two; a last one alone gives
    nothing.

    Args:
        embed_dims (int): Width of the features; any.
        label_space (LabelSpace): Which HOIs exist.
        zero_shot_split (str, optional): What training does not see.
        mode (str): See :func:`composed_rows`. Defaults to `def1`.
        class_weights (dict, optional): Config of the weights of logits, such
            as `ClassFrequencyWeights`. Defaults to None.
        logit_scale (float): Factor of those weights. Defaults to 0.1.
        loss_weight (float): Weight of the loss. Defaults to 0.5.

    Raises:
        ValueError: If the mode is unknown.
    """

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpace,
                 zero_shot_split: Optional[str] = None,
                 mode: str = 'def1',
                 class_weights: OptConfigType = None,
                 logit_scale: float = 0.1,
                 loss_weight: float = 0.5) -> None:
        super().__init__()
        if mode not in MODES:
            raise ValueError(f'composer.mode="{mode}"; allowed: '
                             f'{", ".join(MODES)}')
        self.mode = mode
        self.loss_weight = loss_weight
        self.tables = HOITables(label_space)
        weights = None
        if class_weights is not None:
            weights = logit_scale * TASK_UTILS.build(class_weights)(
                label_space, zero_shot_split)
        self.register_buffer('logit_weights', weights, persistent=False)

    def forward(self, images: List[ImageRows]) -> ComposedPairs:
        """Compose the pairs of a batch.

        Args:
            images (list[ImageRows]): Of the B images.

        Returns:
            ComposedPairs: The compositions that are HOIs.
        """
        composed = all_composed([
            self._compose(first, second)
            for first, second in zip(images[::2], images[1::2])
        ], images)
        return composed._replace(logit_weights=self.logit_weights)

    def _compose(self, first: ImageRows, second: ImageRows) -> ComposedPairs:
        """Compositions of two images."""
        obj_rows, verb_rows = composed_rows(self.mode, len(first.labels),
                                            len(second.labels))
        rows, labels, *_ = joined([first, second])
        objects = rows.at(obj_rows)
        return ComposedPairs(
            rows.at(verb_rows)._replace(
                obj=objects.obj,
                obj_boxes=objects.obj_boxes,
                obj_labels=objects.obj_labels),
            self.tables.composed(labels[obj_rows], labels[verb_rows]))


def composed_rows(mode: str, num_first: int,
                  num_second: int) -> Tuple[Tensor, Tensor]:
    """Which pairs of two images give object and verb of each composition.

    Objects are those of the first image, then of the second; verbs those of
    the second, then of the first. Each list of an image is cut to so many
    rows:

    - `def1`: as many as the longer one has; the published mode. Where the
      images have different numbers of pairs, some compositions are of one
      image.
    - `def2`: as many as the shorter one has: only between the images.
    - `def4`: as `def1`, with the first image's pairs ten times.
    - `all`: every object with every verb.

    Args:
        mode (str): One of these.
        num_first (int): Pairs of the first image.
        num_second (int): Pairs of the second image.

    Returns:
        tuple[Tensor, Tensor]: Rows of objects and of verbs among the pairs of
        both images, int64, both (M, ).

    Examples:
        >>> composed_rows('def1', 1, 2)
        (tensor([0, 1, 2]), tensor([1, 2, 0]))
        >>> composed_rows('def2', 1, 2)
        (tensor([0, 1]), tensor([1, 0]))
    """
    first = torch.arange(num_first)
    second = torch.arange(num_first, num_first + num_second)
    if mode == 'all':
        rows = torch.cat([first, second])
        return rows.repeat(len(rows)), rows.repeat_interleave(len(rows))
    if mode == 'def4':
        first = first.repeat(10)
    lengths = len(first), len(second)
    length = min(lengths) if mode == 'def2' else max(lengths)
    first, second = first[:length], second[:length]
    return torch.cat([first, second]), torch.cat([second, first])
