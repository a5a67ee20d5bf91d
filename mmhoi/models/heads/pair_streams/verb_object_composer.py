# Copyright (c) mmhoi contributors.
from typing import List, Optional, Sequence, Tuple

import torch
from mmdet.utils import OptConfigType
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import MODELS, TASK_UTILS
from .composed_pairs import (ComposedPairs, HOITables, ImageRows, all_composed,
                             joined)
from .pair_rows import PairRows

MODES = ('def1', 'def2', 'def4', 'all')
SOURCES = ('images', 'objects')


@MODELS.register_module()
class VerbObjectComposer(nn.Module):
    """New interactions of the verbs and the objects of several images.

    Verb features of one image meet object features of another, and the result
    is labelled with the HOIs that have such an object and such a verb; what is
    no HOI is dropped. In VCL (https://arxiv.org/abs/2007.12407, section 3.3)
    the images of a batch are taken two by two; a last one alone gives nothing.
    In ATL (https://arxiv.org/abs/2104.02867) the objects are those of the
    images after it in which nobody has looked for interactions, and its own.

    Args:
        embed_dims (int): Width of the features; any.
        label_space (LabelSpace): Which HOIs exist.
        zero_shot_split (str, optional): What training does not see.
        source (str): `images` as in VCL, or `objects` as in ATL. Defaults to
            `images`.
        mode (str): See :func:`composed_rows` and :func:`rows_with_objects`,
            which knows no `all`. Defaults to `def1`.
        class_weights (dict, optional): Config of the weights of logits, such
            as `ClassFrequencyWeights`. Defaults to None.
        logit_scale (float): Factor of those weights. Defaults to 0.1.
        loss_weight (float): Weight of the loss. Defaults to 0.5.

    Raises:
        ValueError: If mode or source is unknown.
    """

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpace,
                 zero_shot_split: Optional[str] = None,
                 source: str = 'images',
                 mode: str = 'def1',
                 class_weights: OptConfigType = None,
                 logit_scale: float = 0.1,
                 loss_weight: float = 0.5) -> None:
        super().__init__()
        if mode not in MODES:
            raise ValueError(f'composer.mode="{mode}"; allowed: '
                             f'{", ".join(MODES)}')
        if source not in SOURCES or (source, mode) == ('objects', 'all'):
            raise ValueError(
                f'composer.source="{source}" with mode="{mode}"; allowed: '
                f'{", ".join(SOURCES)}, the latter without mode="all"')
        self.source = source
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
        if self.source == 'images':
            groups = zip(images[::2], images[1::2])
            parts = [self._of_two(*group) for group in groups]
        else:
            starts = [
                i for i, image in enumerate(images) if not image.objects_only
            ]
            parts = [
                self._with_objects(images[start], images[start + 1:end])
                for start, end in zip(starts,
                                      [*starts[1:], len(images)])
            ]
        composed = all_composed(parts, images)
        return composed._replace(logit_weights=self.logit_weights)

    def _of_two(self, first: ImageRows, second: ImageRows) -> ComposedPairs:
        """Compositions of two images with interactions."""
        obj_rows, verb_rows = composed_rows(self.mode, len(first.labels),
                                            len(second.labels))
        rows, labels, *_ = joined([first, second])
        return self._compose(
            _objects(rows), labels, obj_rows, rows, labels, verb_rows)

    def _with_objects(self, first: ImageRows,
                      others: Sequence[ImageRows]) -> ComposedPairs:
        """Compositions of an image and images of objects."""
        tables = [(image.box_obj, image.boxes, image.box_labels)
                  for image in others] + [_objects(first.rows)]
        known = [self.tables.of_objects(image.box_labels) for image in others]
        obj_rows, verb_rows = rows_with_objects(self.mode, len(first.labels),
                                                sum(map(len, known)))
        return self._compose(
            tuple(map(torch.cat, zip(*tables))),
            torch.cat([*known, first.labels]), obj_rows, first.rows,
            first.labels, verb_rows)

    def _compose(self, objects: Tuple[Tensor, ...], obj_labels: Tensor,
                 obj_rows: Tensor, rows: PairRows, labels: Tensor,
                 verb_rows: Tensor) -> ComposedPairs:
        """Some pairs with some objects."""
        features, boxes, classes = (table[obj_rows] for table in objects)
        return ComposedPairs(
            rows.at(verb_rows)._replace(
                obj=features, obj_boxes=boxes, obj_labels=classes),
            self.tables.composed(obj_labels[obj_rows], labels[verb_rows]))


def _objects(rows: PairRows) -> Tuple[Tensor, Tensor, Tensor]:
    """Features, boxes and classes of the objects of pairs."""
    return rows.obj, rows.obj_boxes, rows.obj_labels


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


def rows_with_objects(mode: str, num_pairs: int,
                      num_objects: int) -> Tuple[Tensor, Tensor]:
    """Which objects and pairs give object and verb of each composition.

    Objects are those of images of objects, then those of the pairs:

    - `def1`: as many compositions as there are pairs.
    - `def2`: as many as the fewer of pairs and of images' objects.
    - `def4`: as many as there are objects, the pairs' verbs up to ten times.

    Args:
        mode (str): One of these.
        num_pairs (int): Pairs of the image.
        num_objects (int): Objects of the images of objects.

    Returns:
        tuple[Tensor, Tensor]: Rows of objects among all objects, and rows of
        verbs among the pairs, int64, both (M, ).

    Examples:
        >>> rows_with_objects('def1', 2, 1)
        (tensor([0, 1]), tensor([0, 1]))
        >>> rows_with_objects('def4', 1, 2)
        (tensor([0, 1, 2]), tensor([0, 0, 0]))
    """
    objects = torch.arange(num_objects + num_pairs)
    verbs = torch.arange(num_pairs)
    if mode == 'def4':
        verbs = verbs.repeat(10)
    length = min(len(objects), len(verbs))
    if mode == 'def2':
        length = min(length, num_objects)
    return objects[:length], verbs[:length]
